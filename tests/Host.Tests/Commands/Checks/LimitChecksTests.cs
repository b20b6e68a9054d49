using Serving.Host.Commands.Checks;

namespace Serving.Host.Tests.Commands.Checks;

public sealed class LimitChecksTests
{
    [Theory]
    [InlineData("30", "1000", "3", Outcome.Pass)]
    [InlineData("58.9", "1000", "3", Outcome.Pass)]
    [InlineData("59", "1000", "3", Outcome.Warn)]
    [InlineData("58.9", "2000", "3", Outcome.Warn)]
    [InlineData("59", "1000", "0", Outcome.Pass)]
    internal void Retries_AttemptAndWaitBesideTheDeadline_AreJudged(string attempt, string backoff, string retries, Outcome expected) =>
        Assert.Equal(expected, SetUp.Of(("OPENAI_API_KEY", "key"), ("FAST_MODEL", "openai:gpt-5.4-mini"), ("LLM_TIMEOUT", attempt), ("RETRY_BACKOFF_MS", backoff), ("MAX_RETRIES", retries)).LookForOne("retries").Outcome);

    [Fact]
    public void Retries_OfAModelWithASectionOfItsOwn_AreThoseOfTheSection()
    {
        var facts = SetUp.Of(("OPENAI_API_KEY", "key"), ("DEFAULT_MODEL", "openai:a"), ("Models:slow:Model", "openai:b"), ("Models:slow:AttemptTimeout", "60"));

        Assert.Contains("openai:b", facts.LookForOne("retries").Text);
    }

    [Theory]
    [InlineData("1000", "2000", Outcome.Pass)]
    [InlineData("1000", "2001", Outcome.Warn)]
    internal void ProviderCalls_BesideRequests_AreJudged(string calls, string requests, Outcome expected) =>
        Assert.Equal(expected, SetUp.Of(("OPENAI_API_KEY", "key"), ("MAX_PROVIDER_CALLS", calls), ("MAX_CONCURRENT_REQUESTS", requests)).LookForOne("provider-calls").Outcome);

    [Theory]
    [InlineData("10", "15", 0)]
    [InlineData("59.9", "59.9", 0)]
    [InlineData("10", "60", 1)]
    [InlineData("60", "60", 3)]
    public void Streams_SilentForSoLong_WarnsOfEach(string commit, string heartbeat, int warnings) =>
        Assert.Equal(warnings, SetUp.Of(("STREAM_COMMIT_AFTER", commit), ("STREAM_HEARTBEAT", heartbeat)).Look("streams").Count(finding => finding.Outcome == Outcome.Warn));

    [Theory]
    [InlineData("600", "600", Outcome.Pass)]
    [InlineData("599", "600", Outcome.Warn)]
    internal void Shutdown_DrainBesideStreams_IsJudged(string drain, string stream, Outcome expected) =>
        Assert.Equal(expected, SetUp.Of(("DRAIN_TIMEOUT", drain), ("STREAM_TIMEOUT", stream)).LookForOne("shutdown").Outcome);

    [Fact]
    public void Shutdown_AnyTimes_TellsTheGracePeriodTheyNeed() =>
        Assert.Contains("at least 620 s", SetUp.Of(("DRAIN_TIMEOUT", "600"), ("SHUTDOWN_DELAY", "5")).LookForOne("shutdown").Text);

    [Theory]
    [InlineData(16 * 1024, Outcome.Pass)]
    [InlineData((16 * 1024) - 1, Outcome.Warn)]
    internal void Bodies_BesideTheMemory_AreJudged(int memory, Outcome expected)
    {
        var facts = SetUp.Of(("MAX_BODY_BYTES", "1024"));

        Assert.Equal(expected, (facts with { Machine = facts.Machine with { Memory = memory } }).LookForOne("bodies").Outcome);
    }
}
