using System.Diagnostics;
using Serving.Tests;

namespace Serving.Rollouts.Tests.Running;

/// <summary>The host as it ships, a process of its own that can go down and come back on the same ports, with models of a simulator.</summary>
internal sealed class HostProcess(Uri simulator) : IAsyncDisposable
{
    private readonly int _port = Ports.Take();
    private readonly int _metricsPort = Ports.Take();
    private readonly HttpClient _client = new();
    private RunningProgram? _program;

    /// <summary>Where it serves, as proxies name servers.</summary>
    public string Address => $"127.0.0.1:{_port}";

    private RunningProgram Program => _program ?? throw new InvalidOperationException("The host has not been started.");

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        _program = HostProgram.Start(
        [
            ("PORT", $"{_port}"), ("METRICS_PORT", $"{_metricsPort}"), ("SHUTDOWN_DELAY", $"{Fleet.ShutdownDelay.TotalSeconds}"),
            ("OPENAI_API_KEY", "simulated"), ("OPENAI_BASE_URL", $"{simulator}v1"), ("DEFAULT_MODEL", $"openai:{Fleet.Model}"), ("FAST_MODEL", $"openai:{Fleet.Model}"),
        ]);
        await _program.UntilAsync("the host is ready", IsReadyAsync);
    }

    /// <summary>Ends it as an orchestrator does; it has to end well. Gives how long that took.</summary>
    public async Task<TimeSpan> StopAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var status = await Program.TerminateAsync();
        var elapsed = Stopwatch.GetElapsedTime(started);
        Assert.True(status == 0, $"The host ended with status {status}. It wrote:\n{Program.Output}");
        await Program.DisposeAsync();
        return elapsed;
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public ValueTask KillAsync() => Program.DisposeAsync();

    /// <summary>Waits until a proxy has sent it a request to a chain since it started.</summary>
    public Task ServesAsync() => Program.UntilAsync("the proxy sends it requests", async () =>
    {
        var scrape = await Scrape.OfAsync(_client, new Uri($"http://127.0.0.1:{_metricsPort}/metrics"));
        return scrape.Sum("serving_requests_in_flight") + scrape.Sum("serving_requests_total") > 0;
    });

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_program is not null)
            await _program.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _client.GetAsync($"http://{Address}/ready", TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
