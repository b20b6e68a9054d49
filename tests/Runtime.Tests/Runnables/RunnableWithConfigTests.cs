using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableWithConfigTests
{
    private static readonly Runnable<string, RunConfig> Show = Runnable.Lambda<string, RunConfig>("show", (_, context) => context.Config);

    [Fact]
    public async Task Run_OwnConfig_HoldsWhereTheCallerSaysNothing()
    {
        var chain = Show.WithConfig(new RunConfig { Tags = ["own"], Metadata = ChainValues.Of(("a", 1), ("b", 1)), RecursionLimit = 9 });

        var seen = await chain.InvokeAsync("x", TestRun.Context(config: new RunConfig { Tags = ["call"], Metadata = ChainValues.Of("b", 2) }));

        Assert.Equal(["call", "own"], seen.Tags);
        Assert.Equal(ChainValues.Of(("a", 1), ("b", 2)), seen.Metadata);
        Assert.Equal(9, seen.RecursionLimit);
    }

    [Fact]
    public async Task Run_Observed_ShowsOneRunUnderTheName()
    {
        var observer = new RecordingObserver();
        await Show.WithName("inner").WithName("outer").InvokeAsync("x", TestRun.Context(observer));
        Assert.Equal("outer", Assert.Single(observer.Runs).Name);

        observer = new RecordingObserver();
        await Show.WithName("own").InvokeAsync("x", TestRun.Context(observer, new RunConfig { RunName = "/path" }));
        Assert.Equal("/path", Assert.Single(observer.Runs).Name);
    }

    [Fact]
    public async Task WithName_OfAStep_NamesThatRunAlone()
    {
        var observer = new RecordingObserver();
        var step = Runnable.Lambda<string, string>("a", text => text).Pipe(Runnable.Lambda<string, string>("b", text => text)).WithName("pair");

        await step.Pipe(Runnable.Lambda<string, string>("c", text => text)).StreamAsync("x", TestRun.Context(observer)).CountAsync(TestRun.Token);

        Assert.Equal("pair", step.Name);
        Assert.Equal(["RunnableSequence", "pair", "a", "b", "c"], observer.Runs.Select(run => run.Name));
        Assert.Equal(["seq:step:1"], observer.Run("pair").Tags);
    }

    [Fact]
    public async Task WithTypes_ShapesGiven_ChangeNothingElse()
    {
        var observer = new RecordingObserver();
        var chain = Show.WithTypes(input: JsonShape.Any);

        await chain.InvokeAsync("x", TestRun.Context(observer));

        Assert.Same(JsonShape.Any, chain.GetInputShape(RunConfig.Empty));
        Assert.Same(Show.GetOutputShape(RunConfig.Empty), chain.GetOutputShape(RunConfig.Empty));
        Assert.Equal("show", Assert.Single(observer.Runs).Name);
    }
}
