using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Metrics;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;
using Serving.Providers.Telemetry;
using Serving.Providers.Tests;
using Serving.Tests;

namespace Serving.Host.Tests.Metrics;

/// <summary>docs/metrics.md lists what a host exposes, no more and no less. UPDATE_DOCS=1 writes its table anew.</summary>
[Collection("alone")]
public sealed partial class MetricsDocumentTests
{
    private const string Begin = "<!-- generated: UPDATE_DOCS=1 dotnet test tests/Host.Tests -->\n", End = "<!-- end -->\n";

    private const string Answer = """
        {"id":"1","object":"chat.completion","created":1,"model":"gpt-4.1","choices":[{"index":0,"message":{"role":"assistant","content":"Hi."},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_ComparedWithALiveScrape_ListsEveryMetric()
    {
        var file = Path.Combine(Root(), "docs/metrics.md");
        var written = await File.ReadAllTextAsync(file, Cancellation);
        var (from, to) = (written.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, written.IndexOf(End, StringComparison.Ordinal));
        var table = await TableAsync();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            await File.WriteAllTextAsync(file, written = written[..from] + table + written[to..], Cancellation);
        else
            Assert.Equal(table, written[from..to]);

        Assert.Contains("| `serving_requests_total` | counter |", written);
    }

    /// <summary>What instruments count, by their names as they are exposed, without unit.</summary>
    private static Dictionary<string, string?> Units()
    {
        var units = new Dictionary<string, string?>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) => units[PrometheusText.NameOf(MetricViews.NameOf(instrument))] = instrument.Unit?.Trim('{', '}'),
        };
        listener.Start();
        return units;
    }

    /// <summary>A host that has seen everything there is to see.</summary>
    private static async Task<string> TableAsync()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        await using var host = await RunningHost.StartAsync(
            $"--OPENAI_API_KEY={ScriptedProvider.Key}", $"--OPENAI_BASE_URL={provider.BaseUrl}", "--DEFAULT_MODEL=openai:gpt-4.1", "--FAST_MODEL=offline:offline", "--TOKEN_METRICS=Both");
        await PostAsync(host, "/joke/invoke", new { input = new { topic = "cats" } });
        await PostAsync(host, "/joke/invoke", new { input = new { } });
        await PostAsync(host, "/joke/batch", new { inputs = new[] { new { topic = "cats" } } });
        await PostAsync(host, "/compare/stream", new { input = new { question = "Why?" } });
        await PostAsync(host, "/compare/stream_events", new { input = new { question = "Why?" } });

        // What takes an outage, or luck, to happen.
        var gpt = host.App.Services.GetRequiredService<ResilienceServices>().Metrics!.Of(new ModelName("openai", "gpt-4.1"));
        gpt.Retried(CallOutcome.Timeout);
        gpt.StoodIn(CallOutcome.Timeout);
        gpt.Hedged(won: true);
        gpt.AttemptStarted();
        gpt.AttemptEnded(CallOutcome.Timeout, TimeSpan.FromSeconds(1));
        gpt.Used(new() { InputTokenCount = 2, AdditionalCounts = new() { ["CacheCreationInputTokens"] = 1 } });

        // Connections are told of when they have ended.
        using (var passing = new HttpClient())
            await passing.GetStringAsync(new Uri(host.Address, "/health"), Cancellation);
        await Scrape.UntilAsync(host.Client, host.Metrics, scrape =>
            scrape.Heads.ContainsKey("kestrel_connection_duration_seconds") && scrape.Heads.ContainsKey("http_client_connection_duration_seconds"));

        // The runtime tells of the last collection once there was one.
        GC.Collect();

        var scrape = await Scrape.OfAsync(host.Client, host.Metrics, openMetrics: true);
        var table = new StringBuilder("| Name | Type | Unit | Labels | What it tells |\n|---|---|---|---|---|\n");
        var units = Units();
        foreach (var (name, head) in scrape.Heads.Where(head => head.Key != "EOF").OrderBy(head => Rank(head.Key)).ThenBy(head => head.Key, StringComparer.Ordinal))
        {
            Assert.True(head["HELP"].EndsWith('.'), $"{name} has no description that is a sentence.");
            var series = scrape.Values.Keys.Where(key => SeriesOf().Match(key) is var match && match.Groups["family"].Value == name);
            var labels = series.SelectMany(key => LabelOf().Matches(key)).Select(match => match.Groups["label"].Value).Where(label => label != "le").Distinct().Order(StringComparer.Ordinal);
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{name}{(head["TYPE"] == "counter" ? "_total" : "")}` | {head["TYPE"]} | {head.GetValueOrDefault("UNIT") ?? units[name]} | {string.Join(", ", labels.Select(label => $"`{label}`"))} | {head["HELP"]} |\n");
        }

        return table.ToString();
    }

    private static int Rank(string name) => name.StartsWith("serving_", StringComparison.Ordinal) ? 0 : name.StartsWith("gen_ai_", StringComparison.Ordinal) ? 1 : 2;

    private static async Task PostAsync(RunningHost host, string path, object body)
    {
        using var answer = await host.Client.PostAsJsonAsync(path, body, Cancellation);
        await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Serving.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("Run the tests from a clone.");
        return folder.FullName;
    }

    [GeneratedRegex(@"^(?<family>[a-z0-9_]+?)(_total|_bucket|_sum|_count)?(\{|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SeriesOf();

    [GeneratedRegex("""[{,](?<label>[a-z0-9_]+)=""" + "\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelOf();
}
