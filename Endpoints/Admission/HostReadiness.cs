using Microsoft.Extensions.Hosting;

namespace Serving.Endpoints.Admission;

/// <summary>Whether the host wants traffic: from the moment it has started until it is told to stop. Thread-safe.</summary>
public sealed class HostReadiness
{
    private readonly IHostApplicationLifetime _lifetime;
    private volatile bool _stopping;

    /// <summary>Watches the life of the host.</summary>
    public HostReadiness(IHostApplicationLifetime lifetime) => _lifetime = lifetime;

    /// <summary>Whether the host wants traffic.</summary>
    public bool IsReady => _lifetime.ApplicationStarted.IsCancellationRequested && !IsStopping;

    /// <summary>One word for people: starting, ready or stopping.</summary>
    public string Status => IsStopping ? "stopping"
        : _lifetime.ApplicationStarted.IsCancellationRequested ? "ready"
        : "starting";

    /// <summary>Whether the host is going down.</summary>
    internal bool IsStopping => _stopping || _lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Says that the host goes down; a host that is stopped by a call tells its lifetime only after the drain.</summary>
    internal void Stop() => _stopping = true;
}
