using Microsoft.Extensions.AI;
using Serving.Providers.Resilience;

namespace Serving.Providers.Catalog;

/// <summary>A provider: how it is reached, and what bounds the calls of its models.</summary>
public sealed record ProviderOptions
{
    /// <summary>How it is spoken to.</summary>
    /// <value>Default <see cref="ProviderKind.Compatible"/>.</value>
    public ProviderKind Kind { get; init; }

    /// <summary>The address that paths are added to, of http or https, without user, query or fragment.</summary>
    /// <value>Default the kind's own; <see cref="ProviderKind.AzureOpenAi"/> and <see cref="ProviderKind.Compatible"/> have none.</value>
    public Uri? BaseUrl { get; init; }

    /// <summary>The key. All kinds but <see cref="ProviderKind.Compatible"/> need one.</summary>
    public ApiKey? ApiKey { get; init; }

    /// <summary>The version of Azure's interface, such as <c>2024-10-21</c>. Other kinds have none.</summary>
    /// <value>Default the newest that is known to work.</value>
    public string? ApiVersion { get; init; }

    /// <summary>Several ways to the provider, chosen by weight; a limited or broken one is rested.</summary>
    /// <value>Default none: the provider's own address and key are the only way.</value>
    public IReadOnlyList<DeploymentOptions> Deployments { get; init; } = [];

    /// <summary>The most calls in flight at once, over all models and deployments. A stream counts until it ends.</summary>
    /// <value>Default 1000, as many as a host admits requests by default; from 1 to 100000. With several providers, a lower one leaves room for the others when one hangs.</value>
    public int MaxCalls { get; init; } = 1000;

    /// <summary>The most calls that wait for one of <see cref="MaxCalls"/> to end. More are refused, and their fallbacks asked.</summary>
    /// <value>Default 1000; from 0 to 100000.</value>
    public int MaxWaiting { get; init; } = 1000;

    /// <summary>The longest that connecting may take, TLS included.</summary>
    /// <value>Default 5 seconds; from 0.1 to 300.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What bounds and repeats the calls of its models.</summary>
    public ResilienceOptions Resilience { get; init; } = new();

    /// <summary>
    /// Makes the client of a model, for a provider that is none of the kinds. Address, keys and deployments are then not looked at. Called once for a model;
    /// the clients are not disposed.
    /// </summary>
    /// <value>Default null: the kind says.</value>
    public Func<string, IChatClient>? Client { get; init; }
}
