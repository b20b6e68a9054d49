using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Runs;

public sealed class RunContextTests
{
    [Fact]
    public void RunId_CopiesForTheSameRun_TellTheSameWhoeverIsAskedFirst()
    {
        var context = TestRun.Context();
        using var other = new CancellationTokenSource();
        var copy = context.With(other.Token).With(new RunConfig { Tags = ["x"] });

        Assert.Equal(copy.RunId, context.RunId);
        Assert.NotEqual(context.RunId, context.Child().RunId);
        Assert.NotEqual(Guid.Empty, context.RunId);
    }

    [Fact]
    public void RunId_FromTheConfig_IsTheRootsAlone()
    {
        var id = Guid.NewGuid();
        var context = TestRun.Context(config: new RunConfig { RunId = id, RunName = "root", Tags = ["kept"] });

        Assert.Equal(id, context.RunId);
        Assert.NotEqual(id, context.Child().RunId);
        Assert.Null(context.Child().Config.RunName);
        Assert.Equal(["kept"], context.Child().Config.Tags);
    }

    [Fact]
    public async Task RunId_ManyAskAtOnce_GetOneId()
    {
        for (var round = 0; round < 200; round++)
        {
            var context = TestRun.Context();
            var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => context.RunId, TestRun.Token)));
            Assert.Single(ids.Distinct());
        }
    }

    [Fact]
    public async Task Publish_ObserverRefusesUnderACancelledToken_TheErrorStaysTheOne()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestRun.Token);
        var chain = Runnable.LambdaAsync<string, string>("fails", async (_, _) =>
        {
            await cancel.CancelAsync();
            throw new InvalidDataException("the one");
        });
        var context = TestRun.Context(new StrictObserver(), cancellationToken: cancel.Token);

        Assert.Equal("the one", (await Assert.ThrowsAsync<InvalidDataException>(async () => await chain.InvokeAsync("x", context))).Message);
    }

    [Fact]
    public async Task SendEvent_InAStep_ComesBetweenItsStartAndEnd()
    {
        var observer = new RecordingObserver();
        var chain = Runnable.LambdaAsync<string, string>("step", async (text, context) =>
        {
            await context.SendEventAsync("progress", 0.5);
            return text;
        });

        await chain.InvokeAsync("x", TestRun.Context(observer));
        await chain.InvokeAsync("x", TestRun.Context());

        Assert.Equal(["step start", "step custom", "step end"], observer.Kinds);
        Assert.Equal(("progress", (object?)0.5), observer.Events.OfType<RunCustomEvent>().Select(item => (item.Name, item.Data)).Single());
    }

    [Fact]
    public void Deeper_PastTheLimit_Throws()
    {
        var context = TestRun.Context(config: new RunConfig { RecursionLimit = 2 }).Deeper("a").Child().Deeper("a");
        Assert.Throws<RecursionLimitException>(() => context.Deeper("a"));
    }

    [Fact]
    public void Merge_TwoConfigs_AddsUpTagsAndLetsTheLaterWin()
    {
        var merged = new RunConfig { Tags = ["b", "a"], Metadata = ChainValues.Of(("x", 1), ("y", 1)), MaxConcurrency = 3, RecursionLimit = 7 }
            .Merge(new RunConfig { Tags = ["c", "a"], Metadata = ChainValues.Of("y", 2), RunName = "n" });

        Assert.Equal(["a", "b", "c"], merged.Tags);
        Assert.Equal(ChainValues.Of(("x", 1), ("y", 2)), merged.Metadata);
        Assert.Equal((3, 7, "n"), (merged.MaxConcurrency, merged.RecursionLimit, merged.RunName));
    }

    private sealed class StrictObserver : IRunObserver
    {
        public ValueTask OnEventAsync(RunEvent runEvent, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return default;
        }
    }
}
