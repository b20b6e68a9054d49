using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Serving.Endpoints.Handlers;

namespace Serving.Endpoints.Admission;

/// <summary>
/// Goes down without losing a request: not ready at once, new requests taken for a moment while load balancers notice; then the server stops listening, so that
/// whoever has not noticed is refused and goes elsewhere; what runs has time to end, and only then an end is made of what is left. A second signal makes it at once.
/// </summary>
internal sealed class DrainService(ServingServices services, HostReadiness readiness) : IHostedLifecycleService, IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];

    private readonly CancellationTokenSource _hurried = new();
    private PosixSignalRegistration[] _signals = [];
    private ITimer? _timeout;

    /// <summary>Before the server stops: it still listens until this ends.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Stop();
        _signals = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, Hurry))];
        var limits = services.Limits;
        Log.DrainStarted(services.Logger, limits.ShutdownDelay);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_hurried.Token, cancellationToken);
        // Ended by time, by a second signal or by the host's own limit: what comes next is the same.
        await Task.Delay(limits.ShutdownDelay, services.Time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _timeout = services.Time.CreateTimer(static service => ((DrainService)service!).TimeOut(), this, limits.DrainTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>After the server has stopped, and with it the last connection.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_timeout is not null)
            await _timeout.DisposeAsync();
        Log.Drained(services.Logger);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _timeout?.Dispose();
        _hurried.Dispose();
    }

    private void TimeOut()
    {
        Log.DrainTimedOut(services.Logger, services.Gate.InFlight, services.Limits.DrainTimeout);
        services.Gate.EndAll();
    }

    private void Hurry(PosixSignalContext signal)
    {
        signal.Cancel = true; // the process ends when the last answer is out
        Log.DrainHurried(services.Logger, services.Gate.InFlight);
        services.Gate.EndAll();
        _hurried.Cancel();
    }
}
