namespace Serving.Providers.Catalog;

/// <summary>What became of an attempt to reach a provider. It has neither a key nor the address.</summary>
/// <param name="Provider">The provider's name in the catalog.</param>
/// <param name="Elapsed">How long it took, DNS, TCP and TLS included where there was no connection yet.</param>
public sealed record ProviderContact(string Provider, TimeSpan Elapsed)
{
    /// <summary>What kept it from being reached, in words for an operator; null if it answered, whatever it said.</summary>
    public string? Problem { get; init; }

    /// <summary>The provider's clock as its answer told it, to the second; null if it told none.</summary>
    public DateTimeOffset? Date { get; init; }
}
