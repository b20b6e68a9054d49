using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Serving.Simulator;

namespace Serving.Host.Tests.Telemetry;

/// <summary>What a host process prints.</summary>
public sealed class LogTests
{
    private const string Key = "canary-key-4711";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Json_OfARequest_IsOneLineWithAllThereIsToKnow()
    {
        var (lines, answers) = await RunAsync([("DEFAULT_MODEL", "openai:sim")], "/joke/invoke");

        var line = Assert.Single(lines.Select(Parse), line => line.Event == "RequestAnswered");
        var (trace, answer) = Assert.Single(answers);
        Assert.Equal(
            ["timestamp", "level", "message", "category", "event", "trace_id", "span_id", "endpoint", "chain", "status", "duration_ms", "run_id", "outcome", "input_tokens", "output_tokens"],
            line.Json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("INFO", "Serving.Endpoints", "invoke", "/joke", 200, "ok"), (line.Level, line.Text("category"), line.Text("endpoint"), line.Text("chain"), line.Json.GetProperty("status").GetInt32(), line.Text("outcome")));
        Assert.Equal((trace.ToHexString(), 11, 20), (line.Text("trace_id"), line.Json.GetProperty("input_tokens").GetInt32(), line.Json.GetProperty("output_tokens").GetInt32()));
        Assert.Equal(JsonElement.Parse(answer).GetProperty("metadata").GetProperty("run_id").GetString(), line.Text("run_id"));
        Assert.Equal("invoke of /joke answered 200", line.Text("message"));
        Assert.True(line.Json.GetProperty("duration_ms").GetDouble() > 0);
    }

    [Fact]
    public async Task Json_OfARetry_IsOneWarningOfTheSameRunAndTrace()
    {
        var (lines, answers) = await RunAsync([("DEFAULT_MODEL", "openai:sim~503~times=2"), ("RETRY_BACKOFF_MS", "1")], "/joke/stream");

        var (trace, _) = Assert.Single(answers);
        var request = Assert.Single(lines.Select(Parse), line => line.Event == "RequestAnswered");
        var retries = lines.Select(Parse).Where(line => line.Level == "WARN").ToList();
        Assert.Equal(["Retries", "Retries"], retries.Select(line => line.Event));
        Assert.All(retries, retry => Assert.Equal((request.Text("run_id"), trace.ToHexString(), "openai:sim~503~times=2", "unavailable"), (retry.Text("run_id"), retry.Text("trace_id"), retry.Text("model"), retry.Text("reason"))));
        Assert.Equal(["2", "3"], retries.Select(retry => retry.Json.GetProperty("attempt").GetRawText()));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    public async Task Failures_OfAllKinds_AreLoggedWithoutKeysAndPrompts(string format)
    {
        string[] models = ["sim~401", "sim~503", "sim~malformed", "sim~policy", "sim~reset", "sim~html"];

        foreach (var model in models)
        {
            var (lines, _) = await RunAsync([("DEFAULT_MODEL", $"openai:{model}"), ("MAX_RETRIES", "1"), ("RETRY_BACKOFF_MS", "1"), ("LOG_FORMAT", format)], "/joke/invoke", "/joke/stream");

            Assert.Contains(lines, line => Regex.IsMatch(line, @"\bWARN\b|\bINFO\b", RegexOptions.None, TimeSpan.FromSeconds(1)));
            Assert.DoesNotContain(lines, line => line.Contains("canary", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Text_OfARequest_IsReadableAndHasTheFields()
    {
        var (lines, _) = await RunAsync([("DEFAULT_MODEL", "openai:sim"), ("LOG_FORMAT", "text")], "/joke/invoke");

        Assert.Contains(lines, line => Regex.IsMatch(
            line,
            @"^\d\d:\d\d:\d\d\.\d{3} INFO  invoke of /joke answered 200 duration_ms=[0-9.]+ run_id=[0-9a-f-]{36} outcome=ok input_tokens=11 output_tokens=20$",
            RegexOptions.None,
            TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("Trace", false)]
    [InlineData("Information,Serving.Content=Trace", true)]
    public async Task Content_OnlyWhereItsCategoryIsAskedForByName(string level, bool isThere)
    {
        var (lines, _) = await RunAsync([("DEFAULT_MODEL", "openai:sim"), ("LOG_LEVEL", level)], "/joke/invoke", "/joke/stream");

        var content = lines.Select(Parse).Where(line => line.Text("category") == "Serving.Content").Select(line => (line.Level, line.Event)).ToList();
        Assert.Equal(isThere ? [("TRACE", "ModelAsked"), ("TRACE", "ModelAnswered"), ("TRACE", "ModelAsked"), ("TRACE", "ModelAnswered")] : [], content);
        Assert.Equal(isThere, lines.Any(line => line.Contains("Tell me a joke about canary-topic", StringComparison.Ordinal)));
        Assert.Equal(isThere, lines.Any(line => line.Contains("t0 t1 t2", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Contains(Key, StringComparison.Ordinal));
    }

    private static async Task<(IReadOnlyList<string> Lines, IReadOnlyList<(ActivityTraceId Trace, string Answer)> Answers)> RunAsync((string Key, string Value)[] settings, params string[] paths)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Urls = "http://127.0.0.1:0" }, Cancellation);
        using var process = HostProcess.Start([("LOG_FORMAT", "json"), ("OPENAI_API_KEY", Key), ("OPENAI_BASE_URL", $"{simulator.BaseAddress}v1"), .. settings]);
        using var http = new HttpClient { BaseAddress = await process.AddressAsync() };
        var answers = new List<(ActivityTraceId Trace, string Answer)>();
        foreach (var path in paths)
        {
            var trace = ActivityTraceId.CreateRandom();
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = JsonContent.Create(new { input = new { topic = "canary-topic" } }),
                Headers = { { "traceparent", $"00-{trace}-00f067aa0ba902b7-00" } },
            };
            using var answer = await http.SendAsync(request, Cancellation);
            answers.Add((trace, await answer.Content.ReadAsStringAsync(Cancellation)));
        }

        process.Terminate();
        await process.WaitAsync();
        return (process.Lines, answers);
    }

    private static Line Parse(string line) => new(JsonElement.Parse(line));

    private sealed record Line(JsonElement Json)
    {
        public string? Level => Text("level");

        public string? Event => Text("event");

        public string? Text(string field) => Json.TryGetProperty(field, out var value) ? value.GetString() : null;
    }
}
