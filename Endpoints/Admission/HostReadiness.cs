using Microsoft.Extensions.Hosting;

namespace Serving.Endpoints.Admission;

/// <summary>Whether the host wants traffic: from the moment it has started until it is told to stop. Thread-safe.</summary>
public sealed class HostReadiness
{
    private readonly IHostApplicationLifetime _lifetime;

    /// <summary>Watches the life of the host.</summary>
    public HostReadiness(IHostApplicationLifetime lifetime) => _lifetime = lifetime;

    /// <summary>Whether the host wants traffic.</summary>
    public bool IsReady => _lifetime.ApplicationStarted.IsCancellationRequested && !_lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>One word for people: starting, ready or stopping.</summary>
    public string Status => _lifetime.ApplicationStopping.IsCancellationRequested ? "stopping"
        : _lifetime.ApplicationStarted.IsCancellationRequested ? "ready"
        : "starting";
}
