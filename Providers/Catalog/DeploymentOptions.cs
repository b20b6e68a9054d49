namespace Serving.Providers.Catalog;

/// <summary>One way to all models of a provider, beside others: another key, another address, or both.</summary>
public sealed record DeploymentOptions
{
    /// <summary>Its address.</summary>
    /// <value>Default the provider's.</value>
    public Uri? BaseUrl { get; init; }

    /// <summary>Its key.</summary>
    /// <value>Default the provider's.</value>
    public ApiKey? ApiKey { get; init; }

    /// <summary>Its share of the calls, relative to the other deployments'.</summary>
    /// <value>Default 1; above 0, at most 1000.</value>
    public double Weight { get; init; } = 1;
}
