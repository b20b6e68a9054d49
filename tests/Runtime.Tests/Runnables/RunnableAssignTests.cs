using System.Text.Json;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableAssignTests
{
    private static readonly Runnable<ChainValues, ChainValues> Assign = Runnable.Assign(
        ("b", Runnable.Lambda<ChainValues, string>("copy", values => $"{values["a"]}!")));

    [Fact]
    public async Task Invoke_KeyTaken_IsOverwrittenAndTheRestKept()
    {
        var values = await Assign.InvokeAsync(ChainValues.Of(("a", "1"), ("b", "old"), ("c", 3)), TestRun.Token);

        Assert.Equal(ChainValues.Of(("a", "1"), ("b", "1!"), ("c", 3)), values);
        Assert.Equal("RunnableAssign<b>", Assign.Name);
    }

    [Fact]
    public async Task Stream_InputOfSeveralPieces_PassesThemThroughWithoutOverwrittenKeys()
    {
        var input = new[] { ChainValues.Of("a", "1"), ChainValues.Of("b", "old"), ChainValues.Of("a", "2") }.ToAsyncEnumerable();

        var pieces = await Assign.TransformAsync(input, TestRun.Context()).ToListAsync(TestRun.Token);

        Assert.Equal([ChainValues.Of("a", "1"), ChainValues.Of("a", "2"), ChainValues.Of("b", "12!")], pieces);
    }

    [Fact]
    public async Task Stream_AssignedStepSlow_GivesWhatWentInAtOnce()
    {
        var release = new TaskCompletionSource();
        var assign = Runnable.Assign(("b", Runnable.LambdaAsync<ChainValues, int>("slow", async (_, _) =>
        {
            await release.Task;
            return 2;
        })));
        await using var pieces = assign.StreamAsync(ChainValues.Of("a", 1), TestRun.Token).GetAsyncEnumerator(TestRun.Token);

        Assert.True(await pieces.MoveNextAsync());
        Assert.Equal(ChainValues.Of("a", 1), pieces.Current);
        release.SetResult();
        Assert.True(await pieces.MoveNextAsync());
        Assert.Equal(ChainValues.Of("b", 2), pieces.Current);
        Assert.False(await pieces.MoveNextAsync());
    }

    [Fact]
    public async Task Run_Observed_HasAMapBelowItsOwnRun()
    {
        var observer = new RecordingObserver();
        await Assign.InvokeAsync(ChainValues.Of("a", "1"), TestRun.Context(observer));

        Assert.Equal(["RunnableAssign<b>", "RunnableParallel<b>", "copy"], observer.Runs.Select(run => run.Name));
        Assert.Equal(observer.Runs.Take(2).Select(run => run.Id), observer.Runs[2].ParentIds);
    }

    [Fact]
    public void Shapes_ReadsWhatItPassesThrough()
    {
        var assign = Runnable.Assign(("b", Runnable.Pick<string>("a").WithTypes(JsonShape.Object("In", new ShapeProperty("a", JsonShape.String)))));
        var input = JsonSerializer.SerializeToElement(new { a = "x", other = "y" });

        Assert.Equal(ChainValues.Of(("a", "x"), ("other", "y")), assign.GetInputShape(RunConfig.Empty).Read(input));
        Assert.Equal(["a", "b"], assign.GetOutputShape(RunConfig.Empty).ToSchema()["properties"]!.AsObject().Select(property => property.Key));
    }
}
