using Serving.Runtime.Runnables;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableBranchTests
{
    private static readonly Runnable<int, string> Branch = Runnable.Branch(
        Name("many"),
        ((int number) => number == 1, Name("one")),
        ((int number) => number == 2, Name("two")));

    [Theory]
    [InlineData(1, "one", "branch:1", 1)]
    [InlineData(2, "two", "branch:2", 2)]
    [InlineData(3, "many", "branch:default", 2)]
    public async Task Run_ConditionHolds_RunsItsBranchUnderItsTag(int input, string expected, string tag, int asked)
    {
        var observer = new RecordingObserver();

        Assert.Equal(expected, await Branch.InvokeAsync(input, TestRun.Context(observer)));
        Assert.Equal([expected], await Branch.StreamAsync(input, TestRun.Token).ToListAsync(TestRun.Token));

        Assert.Equal([tag], observer.Run(expected).Tags);
        var conditions = observer.Runs.Where(run => run.Name == "RunnableLambda").ToList();
        Assert.Equal(Enumerable.Range(1, asked).Select(number => $"condition:{number}"), conditions.SelectMany(run => run.Tags));
        Assert.All(conditions, run => Assert.Equal("RunnableBranch", run.Parent!.Name));
    }

    [Fact]
    public async Task Stream_ChosenBranchStreams_PassesItsPiecesOn()
    {
        var pieces = Runnable.Generator<int, string>("pieces", (count, _) => Enumerable.Repeat("x", count).ToAsyncEnumerable());
        var branch = Runnable.Branch(Name("none"), (Runnable.Lambda<int, bool>("positive", number => number > 0), pieces));

        Assert.Equal(["x", "x", "x"], await branch.StreamAsync(3, TestRun.Token).ToListAsync(TestRun.Token));
    }

    private static Runnable<int, string> Name(string name) => Runnable.Lambda<int, string>(name, _ => name);
}
