namespace Serving.Providers.Wire;

/// <summary>Where calls go, and as whom.</summary>
/// <param name="Provider">The provider's name in messages.</param>
/// <param name="ModelId">The model of calls that name none.</param>
/// <param name="Address">The address for a model.</param>
/// <param name="TimeProvider">The clock against which the provider's dates are read.</param>
internal sealed record ProviderEndpoint(string Provider, string ModelId, Func<string, Uri> Address, TimeProvider TimeProvider)
{
    /// <summary>Asked at every call.</summary>
    public Func<string?>? ApiKey { get; init; }

    /// <summary>Whether a call without a key fails at once.</summary>
    public bool NeedsKey { get; init; } = true;

    public required string KeyHeader { get; init; }

    /// <summary>What stands before the key in its header.</summary>
    public string? KeyScheme { get; init; }

    /// <summary>A header of every call.</summary>
    public (string Name, string Value)? Header { get; init; }
}
