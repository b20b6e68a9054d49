using Serving.LoadTests.Compare;

namespace Serving.LoadTests.Tests.Compare;

/// <summary>A comparison with what is on this machine: all programs start, answer, are accounted for, and end.</summary>
public sealed class CompareRunTests
{
    [Fact]
    public async Task Run_ShortInvoke_AccountsForEveryServer()
    {
        var arguments = CompareArguments.Parse(["--only", "echo,invoke", "--rounds", "1", "--seconds", "1", "--warm-up", "1"]);
        var report = await new CompareRun(arguments, TimeProvider.System, _ => { }).RunAsync(TestContext.Current.CancellationToken);

        Assert.True(report.IsSound());
        Assert.Equal(["echo", "invoke"], report.Parts.Select(part => part.Name));
        Assert.All(report.Parts.SelectMany(part => part.Servers).SelectMany(server => server.Turns), turn => Assert.True(turn is { Answers: > 0, Resident: > 0, Failures.Count: 0 }));
        Assert.True(report.Part("invoke")!.Of(ServerKind.Host)!.Turns[0].Allocated > 0);
        var missing = new[] { ServerKind.Nginx, ServerKind.Gateway }.Count(kind => report.Part("invoke")!.Of(kind) is null);
        Assert.Equal(missing, report.Missing.Count);
    }
}
