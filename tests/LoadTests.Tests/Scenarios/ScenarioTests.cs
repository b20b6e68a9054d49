using Serving.LoadTests.Reporting;
using Serving.LoadTests.Scenarios;
using Serving.LoadTests.Targets;
using Spectre.Console;

namespace Serving.LoadTests.Tests.Scenarios;

/// <summary>Short runs of scenarios, with host and simulator as processes of their own. No test here asks how long anything took.</summary>
public sealed class ScenarioTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("basic-invoke")]
    [InlineData("streaming")]
    [InlineData("batch")]
    [InlineData("mixed-workload")]
    [InlineData("faulty-provider")]
    [InlineData("abandoned-streams")]
    public async Task Run_Short_MeetsItsThresholds(string name)
    {
        var report = await RunAsync(name, "--duration", "3s");
        Assert.True(report.Passed, string.Join('\n', report.Checks.Where(check => check.Verdict == Verdict.Failed)));
        Assert.Equal(report.Main.Sent, report.Main.Kinds.Sum(kind => kind.Ended));
        Assert.Equal(["host", "simulator", "load generator"], report.Processes.Select(process => process.Name));
        Assert.All(report.Processes, process => Assert.True(process.Memory > 0));
    }

    [Fact]
    public async Task Run_Stress_RefusesProperly()
    {
        var report = await RunAsync("stress", "--duration", "4s", "--rate", "100", "--set", "MAX_CONCURRENT_REQUESTS=10");
        Assert.True(report.Passed, string.Join('\n', report.Checks.Where(check => check.Verdict == Verdict.Failed)));
        Assert.True(report.Main.Kinds.Sum(kind => kind.Refused) > 0);
        Assert.Equal(4, report.Stages.Count);
    }

    [Fact]
    public async Task Run_HostThatLosesPieces_Fails()
    {
        await using var simulator = await SimulatorServer.StartAsync(1, Token);
        await using var server = await TestServer.StreamAsync("event: data\ndata: \"t0\"\n\n", "event: data\ndata: \" t2\"\n\n", "event: end\n\n");
        var report = await RunAsync("streaming", "--duration", "1s", "--base-url", server.Address.AbsoluteUri, "--simulator-url", simulator.Address.AbsoluteUri);
        Assert.False(report.Passed);
        Assert.Equal(report.Main.Sent, report.Main.Kinds.Single().Disordered);
        Assert.Null(report.EndedCleanly);
    }

    [Theory]
    [InlineData(0, "basic-invoke", "--duration", "1s", "--set", "ENABLE_METRICS=false", "--thresholds", "counts")]
    [InlineData(1, "basic-invoke", "--duration", "1s", "--set", "MAX_CONCURRENT_REQUESTS=1", "--rate", "200", "--thresholds", "counts")]
    [InlineData(2, "no-such-scenario")]
    [InlineData(2, "basic-invoke", "--duration", "soon")]
    [InlineData(3, "basic-invoke", "--duration", "1s", "--set", "REQUEST_TIMEOUT=never")]
    [InlineData(0, "list")]
    public async Task Program_ExitStatus_TellsHowItWent(int status, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var report = arguments.Contains("--duration") ? (string[])["--report", folder.FullName] : [];
            await using var program = ChildProcess.Start("The load generator", Repository.Dotnet, [Repository.Program("loadtests", "Serving.LoadTests.dll"), .. arguments, .. report], []);
            Assert.Equal(status, await program.EndedAsync(Token));
            string[] files = ["report.html", "report.json", "report.md", "seconds.csv"];
            Assert.Equal(report.Length > 0 && status < 2 ? files : [], folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void List_EveryScenario_HasALoadOfItsDurationAndRequestsThatAddUp()
    {
        foreach (var scenario in AllScenarios.List)
        {
            var load = scenario.Load(scenario.Rate, scenario.Duration);
            Assert.Equal(scenario.Duration.TotalSeconds, load.Sum(part => part.During.TotalSeconds), 0.001);
            Assert.Equal(100, scenario.Steps.Sum(step => step.Weight));
            Assert.True(scenario.Faults.Sum(fault => fault.Share) <= 1.0001);
        }
    }

    [Fact]
    public void Faulty_FaultsThatPass_AreFivePercent() =>
        Assert.Equal(0.05, AllScenarios.List.Single(scenario => scenario.Name == "faulty-provider").Faults.TakeWhile(fault => fault.Status is null).Sum(fault => fault.Share), 0.0001);

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("500ms", 0.5)]
    [InlineData("3.5h", 12600)]
    [InlineData("7m", 420)]
    public void Time_WithItsUnit_IsRead(string text, double seconds) => Assert.Equal(seconds, LoadArguments.Time(text).TotalSeconds);

    [Theory]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("")]
    [InlineData("-3s")]
    public void Time_Otherwise_IsRefused(string text) => Assert.Throws<FormatException>(() => LoadArguments.Time(text));

    private static async Task<RunReport> RunAsync(params string[] arguments)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
        return await new LoadRun(LoadArguments.Parse([.. arguments, "--thresholds", "counts"]), TimeProvider.System, new RunProgress(console)).RunAsync(Token);
    }
}
