namespace Serving.Observability.Tests.Running;

/// <summary>The host as it ships, a process of its own on free ports of the loopback interface, with models of a simulator.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly RunningProgram _program;

    private HostProcess(RunningProgram program, int port, int metricsPort)
    {
        _program = program;
        Metrics = $"127.0.0.1:{metricsPort}";
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>Where its metrics are, as Prometheus names targets.</summary>
    public string Metrics { get; }

    public HttpClient Client { get; }

    /// <param name="simulator">Where the models are.</param>
    /// <param name="settings">Settings besides the models.</param>
    public static async Task<HostProcess> StartAsync(Uri simulator, params IEnumerable<(string Name, string Value)> settings)
    {
        var (port, metricsPort) = (RunningProgram.FreePort(), RunningProgram.FreePort());
        var program = HostProgram.Start(
        [
            ("PORT", $"{port}"), ("METRICS_PORT", $"{metricsPort}"), ("SHUTDOWN_DELAY", "0"),
            ("OPENAI_API_KEY", "simulated"), ("OPENAI_BASE_URL", $"{simulator}v1"), ("MISTRAL_API_KEY", "simulated"), ("MISTRAL_BASE_URL", $"{simulator}mistral/v1"),
            ("ANTHROPIC_API_KEY", "simulated"), ("ANTHROPIC_BASE_URL", $"{simulator}"),
            .. settings,
        ]);
        var host = new HostProcess(program, port, metricsPort);
        try
        {
            await program.UntilAsync("the host answers", async () => await AnswersAsync(host.Client, "/health") && await AnswersAsync(host.Client, $"http://{host.Metrics}/metrics"));
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>What Prometheus would read now.</summary>
    public Task<string> ScrapeAsync() => Client.GetStringAsync($"http://{Metrics}/metrics", TestContext.Current.CancellationToken);

    /// <summary>Whether there is a good answer at an address.</summary>
    public static async Task<bool> AnswersAsync(HttpClient client, string address)
    {
        try
        {
            using var answer = await client.GetAsync(address, TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _program.DisposeAsync();
    }
}
