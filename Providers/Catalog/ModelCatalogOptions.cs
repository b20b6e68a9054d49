namespace Serving.Providers.Catalog;

/// <summary>The providers and models of a host. Names are the same in upper and lower case.</summary>
public sealed record ModelCatalogOptions
{
    /// <summary>The providers by name: letters, digits, dashes and underscores. One that no model names may lack its key or address.</summary>
    public IReadOnlyDictionary<string, ProviderOptions> Providers { get; init; } = new Dictionary<string, ProviderOptions>(StringComparer.Ordinal);

    /// <summary>The models by name; without colons.</summary>
    public IReadOnlyDictionary<string, ModelOptions> Models { get; init; } = new Dictionary<string, ModelOptions>(StringComparer.Ordinal);

    /// <summary>All that is wrong, key files read; empty if nothing is.</summary>
    public IReadOnlyList<CatalogProblem> Validate() => new CatalogCheck(this).Problems;
}
