using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Serving.Observability.Tests.Running;
using Serving.Simulator;

namespace Serving.Observability.Tests.Live;

/// <summary>From a provider that dies to the one who is woken up, through the real Prometheus and the real Alertmanager.</summary>
public sealed partial class AlertDeliveryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProviderDown_KilledAndRestarted_IsToldAndResolved()
    {
        await Tools.RequireAsync("prometheus", "prometheus-alertmanager");
        await using var webhook = await Webhook.StartAsync();
        await using var alertmanager = await StartAlertmanagerAsync(webhook.Address);
        var simulator = await SimulatorHost.StartAsync(cancellationToken: Cancellation);
        var address = simulator.BaseAddress;
        await using var host = await HostProcess.StartAsync(
            address, ("DEFAULT_MODEL", "openai:sim"), ("FAST_MODEL", "openai:sim"), ("MAX_RETRIES", "0"), ("Providers__openai__BreakerOpenTime", "1"));
        await using var prometheus = await Prometheus.StartAsync(host.Metrics, alertmanager.Port);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var load = LoadAsync(host.Client, enough.Token);
        await Eventually.TrueAsync("attempts succeed", async () => await prometheus.QueryAsync("rate(serving_provider_attempts_total{outcome='ok'}[10s]) > 0") is [_]);

        await simulator.DisposeAsync();
        var firing = await webhook.NextAsync("ServingProviderDown", "firing", Cancellation).WaitAsync(Patience, Cancellation);
        await using var again = await SimulatorHost.StartAsync(new SimulatorOptions { Urls = address.GetLeftPart(UriPartial.Authority) }, Cancellation);
        var resolved = await webhook.NextAsync("ServingProviderDown", "resolved", Cancellation).WaitAsync(Patience, Cancellation);
        await enough.CancelAsync();
        await load;

        Assert.Equal("openai", firing.GetProperty("labels").GetProperty("provider").GetString());
        Assert.Equal("critical", firing.GetProperty("labels").GetProperty("severity").GetString());
        Assert.Equal("The provider openai is down", firing.GetProperty("annotations").GetProperty("summary").GetString());
        Assert.Equal("docs/runbook.md#servingproviderdown", firing.GetProperty("annotations").GetProperty("runbook_url").GetString());
        Assert.Equal("openai", resolved.GetProperty("labels").GetProperty("provider").GetString());
    }

    private static async Task LoadAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                using (await client.PostAsJsonAsync("/joke/invoke", new { input = new { topic = "parrots" } }, cancellationToken))
                {
                }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }

    /// <summary>The example of this repository with other receivers, told of at once.</summary>
    private static async Task<RunningAlertmanager> StartAlertmanagerAsync(Uri webhook)
    {
        var folder = Directory.CreateTempSubdirectory("serving-alertmanager-").FullName;
        var text = await File.ReadAllTextAsync(Repository.PathOf("observability/alertmanager/alertmanager.yml"), Cancellation);
        text = GroupTime().Replace(text.Replace("http://localhost:8060/", webhook.AbsoluteUri, StringComparison.Ordinal), "${key}: 1s");
        await File.WriteAllTextAsync(Path.Combine(folder, "alertmanager.yml"), text, Cancellation);
        var alertmanager = new RunningAlertmanager(folder);
        await alertmanager.StartedAsync();
        return alertmanager;
    }

    [GeneratedRegex("(?<key>group_wait|group_interval): [0-9]+[sm]", RegexOptions.ExplicitCapture)]
    private static partial Regex GroupTime();

    private sealed class RunningAlertmanager(string folder) : IAsyncDisposable
    {
        private readonly HttpClient _client = new();
        private RunningProgram? _program;

        public int Port { get; } = RunningProgram.FreePort();

        public async Task StartedAsync()
        {
            _program = RunningProgram.Start(
                "prometheus-alertmanager",
                [$"--config.file={folder}/alertmanager.yml", $"--storage.path={folder}/data", $"--web.listen-address=127.0.0.1:{Port}", "--cluster.listen-address="]);
            await _program.UntilAsync("Alertmanager is ready", () => HostProcess.AnswersAsync(_client, $"http://127.0.0.1:{Port}/-/ready"));
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            if (_program is not null)
                await _program.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
