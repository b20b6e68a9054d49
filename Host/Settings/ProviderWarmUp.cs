using Serving.Providers.Catalog;

namespace Serving.Host.Settings;

/// <summary>Connects to the providers before the host is ready. One that cannot be reached, or not in time, is a line in the log and no more: it may be back before it is needed.</summary>
internal sealed class ProviderWarmUp(ModelCatalog models, TimeProvider time, ILogger<ProviderWarmUp> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        foreach (var contact in await models.ConnectAsync(limit.Token))
        {
            if (contact.Problem is not null)
                Log.ProviderUnreachable(logger, contact.Provider, contact.Problem);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
