using System.Text.Json;
using System.Text.RegularExpressions;

namespace Serving.Observability.Tests.Running;

/// <summary>A real Prometheus with the configuration and the rules of this repository, only quicker and at another target.</summary>
internal sealed partial class Prometheus : IAsyncDisposable
{
    private readonly RunningProgram _program;
    private readonly string _folder;
    private readonly HttpClient _client;

    private Prometheus(RunningProgram program, string folder, int port)
    {
        _program = program;
        _folder = folder;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>Starts it; it looks at the target and at its rules every second, and no alert waits for longer.</summary>
    /// <param name="target">Address and port of the metrics.</param>
    /// <param name="alertmanagerPort">Where alerts are sent.</param>
    public static async Task<Prometheus> StartAsync(string target, int alertmanagerPort = 9)
    {
        var folder = Directory.CreateTempSubdirectory("serving-prometheus-").FullName;
        foreach (var file in Repository.Files("observability/prometheus", "*.yml"))
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            text = Interval().Replace(text, "${key}: 1s").Replace("localhost:9090", target, StringComparison.Ordinal)
                .Replace("localhost:9093", $"127.0.0.1:{alertmanagerPort}", StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder, Path.GetFileName(file)), text, TestContext.Current.CancellationToken);
        }

        var port = RunningProgram.FreePort();
        string[] arguments =
        [
            $"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=1s",
        ];
        var prometheus = new Prometheus(RunningProgram.Start("prometheus", arguments), folder, port);
        try
        {
            await prometheus._program.UntilAsync("Prometheus is ready", () => HostProcess.AnswersAsync(prometheus._client, "/-/ready"));
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of each series of a query now.</summary>
    public async Task<IReadOnlyList<Sample>> QueryAsync(string query)
    {
        using var answer = await GetAsync($"query?query={Uri.EscapeDataString(query)}");
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(one => new Sample(Labels(one), Number(one.GetProperty("value")[1])))];
    }

    /// <summary>How many values other than NaN a query has, second by second since a moment.</summary>
    public async Task<int> CountAsync(string query, DateTimeOffset since)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var answer = await GetAsync($"query_range?query={Uri.EscapeDataString(query)}&start={since.ToUnixTimeSeconds()}&end={now}&step=1");
        return answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .SelectMany(series => series.GetProperty("values").EnumerateArray()).Count(value => !double.IsNaN(Number(value[1])));
    }

    /// <summary>The rules as Prometheus has understood them.</summary>
    public async Task<IReadOnlyList<LoadedRule>> RulesAsync()
    {
        using var answer = await GetAsync("rules");
        return [.. answer.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("rules").EnumerateArray()).Select(rule => new LoadedRule(
            rule.GetProperty("name").GetString()!, // Prometheus always tells these
            rule.GetProperty("query").GetString()!,
            rule.GetProperty("type").GetString() == "alerting",
            rule.GetProperty("health").GetString()!))];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Dictionary<string, string> Labels(JsonElement series) =>
        series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!); // labels are texts

    private static double Number(JsonElement value) => value.GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        { } text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
        null => double.NaN,
    };

    private async Task<JsonDocument> GetAsync(string path)
    {
        using var answer = await _client.GetAsync($"/api/v1/{path}", TestContext.Current.CancellationToken);
        var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return document.RootElement.GetProperty("status").GetString() == "success"
            ? document
            : throw new InvalidOperationException($"Prometheus refused '{path}': {document.RootElement.GetProperty("error")}");
    }

    [GeneratedRegex("(?<key>scrape_interval|scrape_timeout|evaluation_interval|for): [0-9]+[smh]", RegexOptions.ExplicitCapture)]
    private static partial Regex Interval();
}
