using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Serving.Endpoints.Hosting;

/// <summary>Stops the start of a host that serves two chains at one path, however the paths came about; else the first request to it would fail.</summary>
internal sealed class RouteCheck(IEnumerable<EndpointDataSource> sources) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var twice = ServedChain.All(sources.SelectMany(source => source.Endpoints))
            .GroupBy(chain => chain.Path, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(chains => chains.Count() > 1);
        return twice is null
            ? Task.CompletedTask
            : throw new InvalidOperationException($"{twice.Count()} chains are served at '{(twice.Key.Length == 0 ? "/" : twice.Key)}': {string.Join(", ", twice.Select(chain => chain.Name))}. Give each a path of its own.");
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
