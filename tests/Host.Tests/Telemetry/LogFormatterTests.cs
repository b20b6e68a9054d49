using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serving.Host.Telemetry;

namespace Serving.Host.Tests.Telemetry;

public sealed class LogFormatterTests
{
    private const string Secret = "canary\"key<1>";

    private static readonly Redactor Redactor = Knowing(Secret);

    [Fact]
    public void Json_ValuesOfAllKinds_KeepTheirTypes()
    {
        var line = JsonElement.Parse(Json(log =>
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
        var line = JsonElement.Parse(Json(log =>
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
        var line = Text(log =>
        {
            using (log.BeginScope(new Dictionary<string, object> { ["Tenant"] = "t" }))
                log.LogInformation("Took {Count:0.0} of {CountAll}", 1.25, 3);
        });

        Assert.EndsWith("INFO  Took 1.3 of 3 tenant=t\n", line.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a \"quoted\" C:\\path,\ttab\r\nand \u0001\u007f")]
    [InlineData("<b>&'+ \u00e4\u20ac\U0001F99C")]
    [InlineData("\u2028 \u0085 \ufeff")]
    public void Json_TextOfAnyLetters_IsReadBackAsItWas(string text)
    {
        var line = Json(log => log.LogInformation("{Text}", text));

        Assert.Equal(text, JsonElement.Parse(line).GetProperty("text").GetString());
        Assert.Equal(1, line.Count(letter => letter == '\n'));
    }

    [Fact]
    public void Json_TextThatIsNoUnicode_HasReplacementsForIt() =>
        Assert.Equal("a\ufffdb", JsonElement.Parse(Json(log => log.LogInformation("{Text}", "a\ud800b"))).GetProperty("text").GetString());

    [Theory]
    [InlineData(100)]
    [InlineData(2_000)]
    [InlineData(100_000)]
    public void Json_LongTexts_AreWhole(int length)
    {
        var plain = new string('x', length);
        var escaped = new string('\u0001', length);

        var line = JsonElement.Parse(Json(log => log.LogInformation("{Plain} {Escaped} {Number}", plain, escaped, long.MinValue)));

        Assert.Equal((plain, escaped, long.MinValue), (line.GetProperty("plain").GetString(), line.GetProperty("escaped").GetString(), line.GetProperty("number").GetInt64()));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.00049, "0")]
    [InlineData(1e300, "1E+300")]
    [InlineData(double.NaN, "\"NaN\"")]
    public void Json_Numbers_AreRoundedToThousandths(double number, string expected) =>
        Assert.Equal(expected, JsonElement.Parse(Json(log => log.LogInformation("{Number}", number))).GetProperty("number").GetRawText());

    [Fact]
    public void Json_ManyThreads_WriteWholeLines()
    {
        var lines = Enumerable.Range(0, 200).AsParallel().Select(i => Json(log => log.LogInformation("Number {Number} {Text}", i, new string('x', i * 50)))).ToList();

        Assert.Equal(Enumerable.Range(0, 200), lines.Select(line => JsonElement.Parse(line).GetProperty("number").GetInt32()).Order());
    }

    [Theory]
    [InlineData("json")]
    [InlineData("text")]
    public void Secret_InMessagePropertyOrException_IsHidden(string form)
    {
        var line = form == "json" ? Json(Log) : Text(Log);

        Assert.DoesNotContain("canary", line);
        Assert.Contains("***", line);
        Assert.Contains("InvalidOperationException", line);
        if (form == "json")
            Assert.Equal("ERROR", JsonElement.Parse(line).GetProperty("level").GetString());

        static void Log(Microsoft.Extensions.Logging.ILogger log)
        {
            using (log.BeginScope(new Dictionary<string, object> { ["InScope"] = Secret }))
                log.LogError(new InvalidOperationException($"It was {Secret}", new IOException("Authorization: Bearer canary-token")), "Sent {Header} {Key}", "x-api-key: canary-header", Secret);
        }
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
    [InlineData("Serving", LogEventLevel.Warning)]
    [InlineData("Serving.Providers", LogEventLevel.Verbose)]
    [InlineData("Serving.Providers.Wire.Chat", LogEventLevel.Verbose)]
    [InlineData("Serving.ProvidersAndMore", LogEventLevel.Warning)]
    [InlineData("Microsoft.AspNetCore.Hosting", LogEventLevel.Warning)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Error)]
    public void LogLevels_OfACategory_AreThoseOfTheNearestThatIsSet(string category, LogEventLevel expected) =>
        Assert.Equal(expected, LogLevels.Parse("Warning,Serving.Providers=Trace,Microsoft.AspNetCore.Hosting.Diagnostics=Error", []).Of(category));

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

    private static string Json(Action<Microsoft.Extensions.Logging.ILogger> write)
    {
        var output = new StringBuilder();
        var formatter = new JsonLogFormatter(Redactor);
        Write(write, logEvent => formatter.Format(logEvent, (line, _) => output.Append(Encoding.UTF8.GetString(line))));
        return output.ToString();
    }

    private static string Text(Action<Microsoft.Extensions.Logging.ILogger> write)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var formatter = new TextLogFormatter(Redactor);
        Write(write, logEvent => formatter.Format(logEvent, output));
        return output.ToString();
    }

    private static void Write(Action<Microsoft.Extensions.Logging.ILogger> write, Action<LogEvent> format)
    {
        using var logger = new LoggerConfiguration().WriteTo.Sink(new Sink(format)).CreateLogger();
        using var provider = new LogProvider(logger, LogLevels.Parse(null, []), TimeProvider.System);
        using var factory = new LoggerFactory([provider]);
        write(factory.CreateLogger("Test"));
    }

    private sealed class Sink(Action<LogEvent> format) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => format(logEvent);
    }
}
