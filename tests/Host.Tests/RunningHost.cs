using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Metrics;
using Serving.Host.Settings;

namespace Serving.Host.Tests;

/// <summary>The host as it ships, on a free port of the loopback interface, without pace or shutdown delay.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    /// <summary>The settings by which the machine that runs the tests would choose their models.</summary>
    public static IEnumerable<string> NoProviders =>
        KnownProvider.All.SelectMany(known => (string[])[$"{known.Prefix}_API_KEY", $"{known.Prefix}_API_KEY_FILE", $"{known.Prefix}_BASE_URL"])
            .Concat(["AZURE_OPENAI_ENDPOINT", "DEFAULT_MODEL", "FAST_MODEL", "FALLBACK_MODELS"]);

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Where its metrics are.</summary>
    public Uri Metrics => new(_app.Services.GetRequiredService<MetricsServer>().Address!, "/metrics"); // it has started

    public WebApplication App => _app;

    public static async Task<RunningHost> StartAsync(params string[] settings)
    {
        string[] defaults = ["--PORT=0", "--METRICS_PORT=0", "--BIND_ADDRESS=127.0.0.1", "--OFFLINE_PACE_MS=0", "--SHUTDOWN_DELAY=0", "--LOG_LEVEL=Critical"];
        var app = ServingHost.Create([.. defaults, .. NoProviders.Select(name => $"--{name}="), .. settings]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
