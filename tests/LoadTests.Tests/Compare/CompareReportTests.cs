using Serving.LoadTests.Compare;
using Serving.LoadTests.Reporting;

namespace Serving.LoadTests.Tests.Compare;

public sealed class CompareReportTests
{
    [Fact]
    public void Over_Turns_AreDividedRoundByRound()
    {
        var ours = new ServerReport(ServerKind.Host, [Turn(2), Turn(9), Turn(4)]);
        var theirs = new ServerReport(ServerKind.Nginx, [Turn(1), Turn(3), Turn(1)]);
        Assert.Equal(new Spread(3, 2, 4), ours.Over(theirs, turn => turn.CpuPerAnswer()));
        Assert.Null(ours.Over(null, turn => turn.CpuPerAnswer()));
    }

    [Fact]
    public void Goals_Figures_AreHeldAgainstTheirBounds()
    {
        var goals = Goal.Of(Report(hostCpu: 0.06, nginxCpu: 0.02)).ToList();
        Assert.Contains(goals, goal => goal is { Name: "one LLM call: CPU, of nginx's", IsMet: false, Measured: "3 (3 to 3)" });
        Assert.Contains(goals, goal => goal is { Name: "one LLM call: bytes allocated beyond Kestrel's and HttpClient's", IsMet: true, Measured: "2000" });
        Assert.Contains(Goal.Of(Report(hostCpu: 0.04, nginxCpu: 0.02)), goal => goal is { Name: "one LLM call: CPU, of nginx's", IsMet: true });
    }

    [Fact]
    public void Goals_StreamsOfTwoLengths_TellWhatAFurtherFrameTakes()
    {
        // A request of 9,000 B and frames of 700 B; of the relay 2,000 B and 400 B.
        var report = Report(0.06, 0.02) with
        {
            Parts = [Streams("first", 3, hostBytes: 11_100, relayBytes: 3_200), Streams("paced", 100, hostBytes: 79_000, relayBytes: 42_000)],
        };

        var goal = Assert.Single(Goal.Of(report), goal => goal.Name.StartsWith("the same of each further frame", StringComparison.Ordinal));

        Assert.Equal("300", goal.Measured);
        Assert.True(goal.IsMet);

        static PartReport Streams(string name, int frames, double hostBytes, double relayBytes) => new(name, name,
        [
            new ServerReport(ServerKind.Host, [Turn(0.06, hostBytes * 1000) with { Frames = 1000 * frames }]),
            new ServerReport(ServerKind.Relay, [Turn(0.06, relayBytes * 1000) with { Frames = 1000 * frames }]),
        ]);
    }

    [Fact]
    public void Goals_ServerIsMissing_AreLeftOut() => Assert.DoesNotContain(Goal.Of(Report(0.06, 0.02)), goal => goal.Name.Contains("gateway", StringComparison.Ordinal));

    [Fact]
    public void Markdown_Report_HasTablesAndWhatWentWrong()
    {
        var markdown = CompareFiles.ToMarkdown(Report(0.06, 0.02, failures: 2));
        Assert.Contains("## One LLM call", markdown, StringComparison.Ordinal);
        Assert.Contains("| host | 500 | 60 | 60 – 60 | – | 16667 |", markdown, StringComparison.Ordinal);
        Assert.Contains("2 × invoke, host: Disordered: pieces Lost", markdown, StringComparison.Ordinal);
        Assert.Contains("nginx is not here.", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_Sizes_AreOneTableAtTheirSteadyRate()
    {
        var streams = new PartReport("sizing", "500 streams", [new ServerReport(ServerKind.Host, [Turn(4) with { Frames = 100_000, Resident = 200 << 20 }])]) { SteadyRate = 50 };
        var markdown = CompareFiles.ToMarkdown(Report(0.06, 0.02) with { Parts = [streams, streams with { Title = "others" }] });
        Assert.Contains("| 500 streams | 50 | 5000 | 0.2 | 4000 | 40 | 200 | 0 |\n| others |", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void IsSound_HostFailed_IsFalse()
    {
        Assert.True(Report(0.06, 0.02).IsSound());
        Assert.False(Report(0.06, 0.02, failures: 1).IsSound());
    }

    [Fact]
    public void Json_Report_IsReadBackWhole()
    {
        var json = JsonReport.Of(Report(0.06, 0.02, failures: 1));
        Assert.Equal(json, JsonReport.Of(JsonReport.Read<CompareReport>(json)));
    }

    private static CompareReport Report(double hostCpu, double nginxCpu, int failures = 0) => new()
    {
        Began = DateTimeOffset.UnixEpoch,
        Machine = new Machine { Cores = 2, Processor = "one", System = "two", Dotnet = "10", Load = 1 },
        Rounds = 1,
        TurnSeconds = 2,
        Missing = ["nginx is not here."],
        Parts =
        [
            new PartReport("invoke", "One LLM call",
            [
                new ServerReport(ServerKind.Host, [Turn(hostCpu, allocated: 6_000_000, failures)]),
                new ServerReport(ServerKind.Nginx, [Turn(nginxCpu)]),
                new ServerReport(ServerKind.Relay, [Turn(0.03, allocated: 4_000_000)]),
            ]),
        ],
    };

    private static Turn Turn(double cpu, double? allocated = null, int failures = 0) => new()
    {
        Seconds = 2,
        Answers = 1000,
        Frames = 0,
        CpuSeconds = cpu,
        Allocated = allocated,
        Resident = 1,
        WaitP50 = 1,
        WaitP99 = 2,
        Failures = failures == 0 ? new Dictionary<string, long>() : new Dictionary<string, long> { ["Disordered: pieces Lost"] = failures },
    };
}
