using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Metrics;
using Serving.Host;
using Serving.Kubernetes.Tests.Settings;

namespace Serving.Kubernetes.Tests.Running;

/// <summary>The host starts with the environment of a pod, and answers where the probes and Prometheus ask.</summary>
public sealed class HostTests
{
    public static TheoryData<string> Hosts => [.. Overlay.Hosts];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Host_WithTheEnvironmentOfAPod_AnswersProbesAndScrapes(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var keys = Directory.CreateTempSubdirectory("serving-keys-").FullName;
        try
        {
            await using var app = await StartAsync(WithKeys(overlay.Environment, keys));
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            var metrics = new Uri(app.Services.GetRequiredService<MetricsServer>().Address!, await ScrapedPathAsync()); // it has started

            foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
            {
                using var answer = await client.GetAsync(new Uri(overlay.Container[$"{probe}.httpGet.path"], UriKind.Relative), Cancellation);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            Assert.Contains("serving_requests_in_flight", await client.GetStringAsync(metrics, Cancellation));
            await app.StopAsync(Cancellation);
        }
        finally
        {
            Directory.Delete(keys, recursive: true);
        }
    }

    [Fact]
    public async Task Host_WithAllDefaultsOfTheFile_Starts()
    {
        var settings = SettingsFile.Set.Concat(SettingsFile.Left.Where(left => !left.Key.EndsWith("_API_KEY_FILE", StringComparison.Ordinal)));

        await using var app = await StartAsync(settings);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var answer = await client.PostAsJsonAsync("/joke/invoke", new { input = new { topic = "cats" } }, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await app.StopAsync(Cancellation);
    }

    /// <summary>The same settings with key files of one's own.</summary>
    private static List<KeyValuePair<string, string>> WithKeys(IReadOnlyDictionary<string, string> environment, string folder) => [.. environment.Select(setting =>
    {
        if (!setting.Key.EndsWith("_API_KEY_FILE", StringComparison.Ordinal))
            return setting;
        var file = Path.Combine(folder, Path.GetFileName(setting.Value));
        File.WriteAllText(file, "key-of-a-test");
        return KeyValuePair.Create(setting.Key, file);
    })];

    private static async Task<WebApplication> StartAsync(IEnumerable<KeyValuePair<string, string>> settings)
    {
        // What this machine has set would win over nothing; an empty setting is one that is not set.
        var machine = SettingsFile.Left.Keys.Where(key => Environment.GetEnvironmentVariable(key) is { Length: > 0 }).Select(key => $"--{key}=");
        string[] test = ["--PORT=0", "--METRICS_PORT=0", "--BIND_ADDRESS=127.0.0.1", "--OFFLINE_PACE_MS=0", "--SHUTDOWN_DELAY=0", "--LOG_LEVEL=Critical"];
        var app = ServingHost.Create([.. machine, .. settings.Select(setting => $"--{setting.Key}={setting.Value}"), .. test]);
        await app.StartAsync(Cancellation);
        return app;
    }

    private static async Task<string> ScrapedPathAsync()
    {
        var monitoring = await Overlay.RenderAsync("overlays/monitoring");
        return Assert.Single(monitoring.One("ServiceMonitor").Each("spec.endpoints"))["path"];
    }
}
