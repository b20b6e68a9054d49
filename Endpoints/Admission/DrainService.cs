using Microsoft.Extensions.Hosting;
using Serving.Endpoints.Handlers;

namespace Serving.Endpoints.Admission;

/// <summary>
/// Goes down without losing a request: not ready at once, new requests taken for a moment while load balancers notice, then time for what runs to end,
/// and only then an end for what is left. The server stops listening after all that.
/// </summary>
internal sealed class DrainService(ServingServices services, HostReadiness readiness) : IHostedLifecycleService
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        readiness.Stop();
        var limits = services.Limits;
        Log.DrainStarted(services.Logger, limits.ShutdownDelay);
        try
        {
            await Task.Delay(limits.ShutdownDelay, services.Time, cancellationToken);
            var idle = services.Gate.WhenIdleAsync();
            if (await Task.WhenAny(idle, Task.Delay(limits.DrainTimeout, services.Time, cancellationToken)) != idle)
            {
                Log.DrainTimedOut(services.Logger, services.Gate.InFlight, limits.DrainTimeout);
                services.Gate.EndAll();
                await Task.WhenAny(idle, Task.Delay(LastWords, services.Time, cancellationToken));
            }

            Log.Drained(services.Logger);
        }
        catch (OperationCanceledException)
        {
            // The host's own shutdown limit has passed: nothing is left to wait for.
            services.Gate.EndAll();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
