using Serving.Host.Commands.Checks;

namespace Serving.Host.Tests.Commands.Checks;

public sealed class SettingChecksTests
{
    [Fact]
    public void Settings_NothingWrong_Passes() => Assert.Equal(Outcome.Pass, SetUp.Of().LookForOne("settings").Outcome);

    [Fact]
    public void Settings_Doubtful_Warns()
    {
        var facts = SetUp.Of() with { Doubts = ["LLM_TIMEOUT is long"] };

        Assert.Equal(Finding.Warn("LLM_TIMEOUT is long."), facts.LookForOne("settings"));
    }

    [Fact]
    public void Settings_Problems_FailsForEachButThoseOfKeys()
    {
        var facts = SetUp.Of() with { Problems = ["PORT is 'x'.", "OPENAI_API_KEY is not set.", "Providers:a:Deployments:0:ApiKeyFile is 'x'.", "STREAM_TIMEOUT is -1."] };

        Assert.Equal(["PORT is 'x'.", "STREAM_TIMEOUT is -1."], facts.Look("settings").Select(finding => finding.Text));
        Assert.Equal(2, facts.Look("keys").Count(finding => finding.Outcome == Outcome.Fail));
    }

    [Theory]
    [InlineData("health", "ENABLE_HEALTH_CHECKS", "true", Outcome.Pass)]
    [InlineData("health", "ENABLE_HEALTH_CHECKS", "false", Outcome.Warn)]
    [InlineData("metrics", "ENABLE_METRICS", "true", Outcome.Pass)]
    [InlineData("metrics", "ENABLE_METRICS", "false", Outcome.Warn)]
    [InlineData("cors", "CORS_ORIGINS", "", Outcome.Pass)]
    [InlineData("cors", "CORS_ORIGINS", "https://app.example.com", Outcome.Pass)]
    [InlineData("cors", "CORS_ORIGINS", "https://app.example.com,*", Outcome.Warn)]
    [InlineData("content", "LOG_LEVEL", "Trace", Outcome.Pass)]
    [InlineData("content", "LOG_LEVEL", "Serving.Content=Trace", Outcome.Warn)]
    internal void Setting_OneValue_IsJudged(string check, string setting, string value, Outcome expected) =>
        Assert.Equal(expected, SetUp.Of((setting, value)).LookForOne(check).Outcome);

    [Fact]
    public void Content_SentAlongWithTraces_Warns()
    {
        var facts = SetUp.Of(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true"));

        Assert.Equal(Outcome.Warn, facts.LookForOne("content").Outcome);
    }
}
