using Serving.Observability.Tests.Running;
using Serving.Simulator;

namespace Serving.Observability.Tests.Live;

/// <summary>A host that has been under mixed load, and a Prometheus that has watched all of it. Started by the first test that asks.</summary>
public sealed class WatchedHost : IAsyncDisposable
{
    /// <summary>Dollars per million tokens.</summary>
    private const string Prices = """{ "*": { "input": 100, "output": 400 } }""";

    private readonly List<IAsyncDisposable> _running = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("serving-watched-").FullName;
    private Task? _started;

    /// <summary>When the load began.</summary>
    internal DateTimeOffset Since { get; } = TimeProvider.System.GetUtcNow();

    internal SimulatorHost Simulator { get; private set; } = null!; // set before StartAsync ends

    internal HostProcess Host { get; private set; } = null!; // likewise

    internal Prometheus Prometheus { get; private set; } = null!; // likewise

    internal ClientCounts Client { get; private set; } = null!; // likewise

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _running.AsEnumerable().Reverse())
            await program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Completes when the load is over and Prometheus has seen the end of it. Skips the test where there is no Prometheus.</summary>
    internal async Task StartAsync()
    {
        await Tools.RequireAsync("prometheus", "promtool");
        await (_started ??= StartCoreAsync());
    }

    private async Task StartCoreAsync()
    {
        var prices = Path.Combine(_folder, "prices.json");
        await File.WriteAllTextAsync(prices, Prices, TestContext.Current.CancellationToken);
        Simulator = Keep(await SimulatorHost.StartAsync(new SimulatorOptions { TokenDelay = TimeSpan.FromMilliseconds(1) }, TestContext.Current.CancellationToken));
        Host = Keep(await HostProcess.StartAsync(
            Simulator.BaseAddress,
            ("DEFAULT_MODEL", $"openai:{MixedLoad.Model}"),
            ("FAST_MODEL", $"anthropic:{MixedLoad.Fast}"),
            ("FALLBACK_MODELS", $"mistral:{MixedLoad.Spare}"),
            ("MAX_RETRIES", "1"),
            ("TOKEN_METRICS", "Both"),
            ("RETRY_BACKOFF_MS", "1"),
            ("MAX_CONCURRENT_REQUESTS", $"{MixedLoad.Limit}"),
            ("PRICES_FILE", prices),
            ("Models__fast__HedgeShare", "0.1")));
        Prometheus = Keep(await Prometheus.StartAsync(Host.Metrics));
        Client = new ClientCounts(Host.Client);
        // A rate needs a series at two moments, and series begin with their first request: hence two rounds.
        for (var round = 0; round < 2; round++)
        {
            await MixedLoad.RunAsync(Client, Simulator);
            var expected = Client.Requests.Values.Sum();
            await Eventually.TrueAsync(
                $"Prometheus counts {expected} requests and none in flight",
                async () => await Prometheus.QueryAsync("sum(serving_requests_total) - sum(serving_requests_in_flight) - sum(serving_streams_active)") is [var ended] && ended.Value >= expected);
        }
    }

    private T Keep<T>(T program)
        where T : IAsyncDisposable
    {
        _running.Add(program);
        return program;
    }
}
