using Serving.LoadTests.Reporting;
using Serving.LoadTests.Scenarios;
using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Tests.Reporting;

public sealed class ThresholdsTests
{
    [Fact]
    public void Judge_AllIsWell_Passes()
    {
        foreach (var name in (string[])["basic-invoke", "streaming", "soak"])
            Assert.Empty(Failed(SampleRun.Run, name));
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void Judge_FailuresOfTenThousand_PassBelowOneInAThousand(long failed, bool passes) =>
        Assert.Equal(passes, Failed(SampleRun.With(SampleRun.Kind with { Failed = failed, Ok = 10_000 - failed })).Count == 0);

    [Fact]
    public void Judge_Refusals_AreErrorsUnlessTheHostIsOverloaded() =>
        Assert.Contains(Failed(SampleRun.With(SampleRun.Kind with { Refused = 10 })), check => check.Name.StartsWith("errors", StringComparison.Ordinal));

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 0, 1)]
    public void Judge_OneAnswerThatIsNotWhatWasSaid_Fails(long truncated, long disordered, long wrong) =>
        Assert.Single(Failed(SampleRun.With(SampleRun.Kind with { Truncated = truncated, Disordered = disordered, Wrong = wrong, Failed = 1 })));

    [Fact]
    public void Judge_SlowHost_FailsByTimesAlone()
    {
        var run = SampleRun.With(SampleRun.Kind with { Added = SampleRun.Times(90) });
        Assert.Equal(2, Failed(run).Count);
        Assert.Empty(Failed(run, scope: ThresholdScope.Counts));
        Assert.Empty(Failed(run, scope: ThresholdScope.None));
    }

    [Fact]
    public void Judge_ControlIsAsSlow_IsNotTheHostsDoing()
    {
        var run = SampleRun.With(SampleRun.Kind with { Added = SampleRun.Times(90) });
        var control = run.Lanes[0] with { Kinds = [SampleRun.Kind with { Added = SampleRun.Times(80) }] };
        Assert.Empty(Failed(run with { Lanes = [run.Lanes[0], control] }));
    }

    [Fact]
    public void Judge_GeneratorLateOrShort_FailsTheRun()
    {
        var late = SampleRun.Run with { Lanes = [SampleRun.Run.Lanes[0] with { Lag = SampleRun.Times(60) }] };
        var runShort = SampleRun.Run with { Lanes = [SampleRun.Run.Lanes[0] with { Skipped = 1 }] };
        Assert.Single(Failed(late));
        Assert.Single(Failed(runShort));
        Assert.Single(Failed(runShort, scope: ThresholdScope.Counts));
    }

    [Theory]
    [InlineData(0.1, true)]
    [InlineData(0.11, false)]
    [InlineData(-3, true)]
    public void Judge_Memory_GrowsByATenthPercentAtMost(double growth, bool passes) =>
        Assert.Equal(passes, Failed(SampleRun.Run with { Processes = [SampleRun.Process("host", growth)] }).Count == 0);

    [Fact]
    public void Judge_SomethingIsLeft_Fails()
    {
        Assert.Single(Failed(SampleRun.Run with { LeftInFlight = 1 }));
        Assert.Single(Failed(SampleRun.Run with { LeftStreams = 1 }));
        Assert.Single(Failed(SampleRun.Run with { EndedCleanly = false }));
        Assert.Single(Failed(SampleRun.Run with { Provider = new SimulatorTally { Open = 1 } }));
    }

    [Theory]
    [InlineData(7, 3, true)]
    [InlineData(6, 3, false)]
    [InlineData(7, 4, false)]
    public void Judge_InjectedFaults_AreSeenAsOftenAsTheProviderSays(long status400, long event503, bool passes)
    {
        var provider = new SimulatorTally
        {
            Outcomes = new Dictionary<string, long> { ["ok"] = 9000, ["400"] = 4, ["policy"] = 3, ["cut"] = 12, ["503"] = 100 },
            // Of the twelve that were cut nine were no streams: those the host repeats.
            StreamOutcomes = new Dictionary<string, long> { ["cut"] = 3, ["400"] = 1 },
        };
        var kind = SampleRun.Kind with { Failed = status400 + event503, Failures = new Dictionary<string, long> { ["status 400"] = status400 - 2, ["input 400"] = 2, ["event 503"] = event503 } };
        Assert.Equal(passes, Failed(SampleRun.With(kind) with { Provider = provider }, "faulty-provider").Count == 0);
    }

    [Theory]
    [InlineData(480, 0, true)]
    [InlineData(470, 0, false)]
    [InlineData(480, 1, false)]
    public void Judge_Overload_WantsGoodputAndRecovery(double beyond, double refusedAfterwards, bool passes)
    {
        var kind = SampleRun.Kind with { Kind = "invoke", Refused = 5000, Refusal = SampleRun.Times(2) };
        StageReport[] stages =
        [
            new("Inject 500/s", 0, 10, 500, 500, 0, 0, 100), new("Inject 5000/s", 10, 20, 5000, beyond, 4500, 0, 100), new("Inject 250/s", 20, 30, 250, 250, refusedAfterwards, 0, 100),
        ];
        Assert.Equal(passes, Failed(SampleRun.With(kind) with { Stages = stages }, "stress").Count == 0);
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(49, false)]
    public void Judge_AbandonedStreams_AreNoticedAtTheProvider(long aborted, bool passes)
    {
        var run = SampleRun.With(SampleRun.Kind with { Left = 50, Ok = 9950 }) with { Provider = new SimulatorTally { StreamsAborted = aborted } };
        Assert.Equal(passes, Failed(run, "abandoned-streams").Count == 0);
    }

    [Fact]
    public void Passed_AFailedCheckOrAStop_IsNot()
    {
        Assert.True(SampleRun.Run.Passed);
        Assert.False((SampleRun.Run with { WasStopped = true }).Passed);
        Assert.False((SampleRun.Run with { Checks = [new CheckResult("x", "y", Verdict.Failed)] }).Passed);
        Assert.True((SampleRun.Run with { Checks = [new CheckResult("x", "y", Verdict.NotJudged)] }).Passed);
    }

    private static List<CheckResult> Failed(RunReport run, string scenario = "soak", ThresholdScope scope = ThresholdScope.All) =>
        [.. Thresholds.Judge(run, AllScenarios.List.Single(one => one.Name == scenario), scope).Where(check => check.Verdict == Verdict.Failed)];
}
