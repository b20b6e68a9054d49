using Microsoft.Extensions.AI;

namespace Serving.Providers.Resilience;

/// <summary>One way to a model: a client with a key and an address of its own.</summary>
/// <param name="Client">The client. Shared by all calls; it must be thread-safe and must not retry by itself.</param>
public sealed record ModelDeployment(IChatClient Client)
{
    /// <summary>Its share of the model's calls, relative to the other deployments'.</summary>
    /// <value>Default 1.</value>
    public double Weight { get; init; } = 1;

    /// <summary>Tells which key is in force, as a number that changes with it. A breaker that a refused key has opened closes when it changes.</summary>
    /// <value>Default null: the key never changes.</value>
    public Func<int>? KeyVersion { get; init; }
}
