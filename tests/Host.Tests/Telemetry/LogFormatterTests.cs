using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serving.Host.Telemetry;

namespace Serving.Host.Tests.Telemetry;

public sealed class LogFormatterTests
{
    private const string Secret = "canary\"key<1>";

    private static readonly Redactor Redactor = Knowing(Secret);

    [Fact]
    public void Json_ValuesOfAllKinds_KeepTheirTypes()
    {
        var line = JsonElement.Parse(Format(new JsonLogFormatter(Redactor), log =>
            log.LogWarning(new EventId(7, "Seven"), "Some {Word} of {Count} took {DurationMs:0.0} {IsGood} {Missing} {Message} {When} {Items}", "w\"\n", 3, 1.23456, true, null, "m", TimeSpan.FromSeconds(90), new[] { 1, 2 })));

        Assert.Equal(
            """
            {"level":"WARN","category":"Test","event":"Seven","word":"w\"\n","count":3,"duration_ms":1.235,"is_good":true,"message_":"m","when":"00:01:30","items":"1, 2"}
            """,
            JsonSerializer.Serialize(line.EnumerateObject().Where(field => field.Name is not ("timestamp" or "message")).ToDictionary(field => field.Name, field => field.Value), Relaxed));
        Assert.Equal("Some w\"\n of 3 took 1.2 True (null) m 00:01:30 1, 2", line.GetProperty("message").GetString());
    }

    [Fact]
    public void Json_FieldsOfScopes_AreThoseOfTheNearestAndNoneOfTheLine()
    {
        var line = JsonElement.Parse(Format(new JsonLogFormatter(Redactor), log =>
        {
            using (log.BeginScope("{Tenant} {Word}", "far", "scope"))
            using (log.BeginScope(new Dictionary<string, object> { ["Tenant"] = "near", ["RequestPath"] = "/secret" }))
                log.LogInformation("Some {Word}", "line");
        }));

        Assert.Equal(
            """{"level":"INFO","message":"Some line","category":"Test","word":"line","tenant":"near"}""",
            JsonSerializer.Serialize(line.EnumerateObject().Where(field => field.Name is not "timestamp").ToDictionary(field => field.Name, field => field.Value), Relaxed));
    }

    [Fact]
    public void Text_FieldsThatTheMessageShows_AreNotToldAgain()
    {
        var line = Format(new TextLogFormatter(Redactor), log =>
        {
            using (log.BeginScope(new Dictionary<string, object> { ["Tenant"] = "t" }))
                log.LogInformation("Took {Count:0.0} of {CountAll}", 1.25, 3);
        });

        Assert.EndsWith("INFO  Took 1.3 of 3 tenant=t\n", line.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_ManyThreads_WriteWholeLines()
    {
        var formatter = new JsonLogFormatter(Redactor);

        var lines = Enumerable.Range(0, 200).AsParallel().Select(i => Format(formatter, log => log.LogInformation("Number {Number} {Text}", i, new string('x', i * 50)))).ToList();

        Assert.Equal(Enumerable.Range(0, 200), lines.Select(line => JsonElement.Parse(line).GetProperty("number").GetInt32()).Order());
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    public void Secret_InMessagePropertyOrException_IsHidden(string form)
    {
        ITextFormatter formatter = form == "json" ? new JsonLogFormatter(Redactor) : new TextLogFormatter(Redactor);

        var line = Format(formatter, log =>
        {
            using (log.BeginScope(new Dictionary<string, object> { ["InScope"] = Secret }))
                log.LogError(new InvalidOperationException($"It was {Secret}", new IOException("Authorization: Bearer canary-token")), "Sent {Header} {Key}", "x-api-key: canary-header", Secret);
        });

        Assert.DoesNotContain("canary", line);
        Assert.Contains("***", line);
        Assert.Contains("InvalidOperationException", line);
        if (form == "json")
            Assert.Equal("ERROR", JsonElement.Parse(line).GetProperty("level").GetString());
    }

    [Theory]
    [InlineData("Authorization: Bearer abc.def-123", "Authorization: Bearer ***")]
    [InlineData("{\\\"authorization\\\":\\\"Basic dXNlcjpwYXNz\\\"}", "{\\\"authorization\\\":\\\"Basic ***\\\"}")]
    [InlineData("bearer abcdefgh", "bearer ***")]
    [InlineData("[x-api-key, 12345678]", "[x-api-key, ***]")]
    [InlineData("api_key=12345678&x=1", "api_key=***&x=1")]
    [InlineData("the key sk-proj-12345678 is wrong", "the key sk-*** is wrong")]
    [InlineData("http://user:pass@host/path", "http://***@host/path")]
    [InlineData("a known long-configured-key.", "a known ***.")]
    [InlineData("http://host:8080/path, task-forces, sk-short, OPENAI_API_KEY is not set", "http://host:8080/path, task-forces, sk-short, OPENAI_API_KEY is not set")]
    public void Redactor_OfTexts_HidesKeysAndNothingElse(string text, string expected)
    {
        var output = new StringWriter();

        Knowing("long-configured-key", "short").Write(text, output);

        Assert.Equal(expected, output.ToString());
    }

    [Fact]
    public void LogLevels_PerCategory_WinOverTheGeneralOne()
    {
        var problems = new List<string>();

        var levels = LogLevels.Parse("Warning, Serving.Providers=Debug,Microsoft.AspNetCore=info", problems);

        Assert.Empty(problems);
        Assert.Equal(LogEventLevel.Warning, levels.Default);
        Assert.Equal(
            [("Microsoft.AspNetCore", LogEventLevel.Information), ("Serving.Content", LogEventLevel.Warning), ("Serving.Providers", LogEventLevel.Debug)],
            levels.Categories.Select(category => (category.Key, category.Value)).Order());
    }

    [Theory]
    [InlineData("loud")]
    [InlineData("Serving=loud")]
    [InlineData("=Debug")]
    public void LogLevels_NotUnderstood_AreToldAsAProblem(string text)
    {
        var problems = new List<string>();

        LogLevels.Parse(text, problems);

        Assert.StartsWith($"LOG_LEVEL has '{text}'; it must be Trace, Debug,", Assert.Single(problems), StringComparison.Ordinal);
    }

    private static JsonSerializerOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static Redactor Knowing(params string[] keys)
    {
        var redactor = new Redactor();
        foreach (var key in keys)
            redactor.Add(key);
        return redactor;
    }

    private static string Format(ITextFormatter formatter, Action<Microsoft.Extensions.Logging.ILogger> write)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        using var logger = new LoggerConfiguration().WriteTo.Sink(new Sink(formatter, output)).CreateLogger();
        using var provider = new LogProvider(logger, TimeProvider.System);
        using var factory = new LoggerFactory([provider]);
        write(factory.CreateLogger("Test"));
        return output.ToString();
    }

    private sealed class Sink(ITextFormatter formatter, TextWriter output) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => formatter.Format(logEvent, output);
    }
}
