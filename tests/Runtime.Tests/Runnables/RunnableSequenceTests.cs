using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableSequenceTests
{
    private static readonly Runnable<string, string> Prompt = new InvokedStep("prompt");

    private static readonly Runnable<string, string> Model = new StreamingStep("model");

    private static readonly Runnable<string, string> Parser = Runnable.Transform<string, string>("parser", (pieces, _) => pieces.Select(piece => piece));

    [Fact]
    public async Task Stream_PromptModelParser_PublishesInTheOrderOfTheSource()
    {
        var observer = new RecordingObserver();

        await Prompt.Pipe(Model).Pipe(Parser).StreamAsync("x", TestRun.Context(observer)).CountAsync(TestRun.Token);

        Assert.Equal(
            [
                "RunnableSequence start",
                "prompt start", "prompt end",
                "model start", "model stream",
                "parser start", "parser stream", "RunnableSequence stream",
                "model stream", "parser stream", "RunnableSequence stream",
                "model end", "parser end", "RunnableSequence end",
            ],
            observer.Kinds);
    }

    [Fact]
    public async Task Invoke_Steps_AreTaggedByTheirPlace()
    {
        var observer = new RecordingObserver();
        await Prompt.Pipe(Model.Pipe(Parser)).InvokeAsync("x", TestRun.Context(observer));
        Assert.Equal(["", "seq:step:1", "seq:step:2", "seq:step:3"], observer.Runs.Select(run => string.Join(',', run.Tags)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_Cancelled_TheTokenReachesEveryStep(bool stream)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestRun.Token);
        var seen = new List<CancellationToken>();
        var step = Runnable.Lambda<string, string>("step", (text, context) =>
        {
            seen.Add(context.CancellationToken);
            return text;
        });
        var waits = Runnable.LambdaAsync<string, string>("waits", async (text, context) =>
        {
            seen.Add(context.CancellationToken);
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
            return text;
        });
        var chain = step.Pipe(Runnable.Parallel<string>(("a", step.WithRetry()), ("b", step.WithFallbacks(step).WithName("c"))))
            .Pipe(Runnable.Pick<string>("a")).Pipe(Runnable.Branch(waits, ((string _) => false, step)));
        var context = TestRun.Context(cancellationToken: cancel.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            if (stream)
                await chain.StreamAsync("x", context).CountAsync(TestRun.Token);
            else
                await chain.InvokeAsync("x", context);
        });

        Assert.Equal(4, seen.Count);
        Assert.Equal(cancel.Token, seen[0]);
        Assert.All(seen, token => Assert.True(token.CanBeCanceled));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_LeftEarly_DisposesTheSourceAndEndsEveryRun(bool observed)
    {
        var disposed = false;
        async IAsyncEnumerable<string> Pieces(string _, RunContext context)
        {
            try
            {
                while (true)
                {
                    yield return "x";
                    await Task.Yield();
                }
            }
            finally
            {
                disposed = true;
            }
        }

        var observer = new RecordingObserver();
        var chain = Prompt.Pipe(Runnable.Generator<string, string>("endless", Pieces)).Pipe(Parser);

        Assert.Equal(3, await chain.StreamAsync("x", TestRun.Context(observed ? observer : null)).Take(3).CountAsync(TestRun.Token));

        Assert.True(disposed);
        if (observed)
            Assert.Equal(["parser fail", "endless fail", "RunnableSequence fail"], observer.Kinds.TakeLast(3));
    }

    [Fact]
    public async Task Run_NobodyObserves_MakesNoEventAndNoRun()
    {
        var time = new ManualTimeProvider();
        var runs = new List<Run?>();
        var see = Runnable.Lambda<string, string>("see", (text, context) =>
        {
            runs.Add(context.Run);
            return text;
        });
        var chain = see.Pipe(Runnable.Parallel<string>(("a", see.Pipe(Model)), ("b", see)));

        await chain.InvokeAsync("x", TestRun.Context(time: time));
        await chain.StreamAsync("x", TestRun.Context(time: time)).CountAsync(TestRun.Token);

        // Whoever makes an event asks for the time.
        Assert.Equal(0, time.Asked);
        Assert.Equal(6, runs.Count);
        Assert.All(runs, Assert.Null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_TransformOfAnEmptyInput_RunsWhetherObservedOrNot(bool observed)
    {
        async IAsyncEnumerable<string> Closing(IAsyncEnumerable<string> pieces, RunContext context)
        {
            await foreach (var piece in pieces)
                yield return piece;
            yield return "end";
        }

        var none = Runnable.Generator<string, string>("none", (_, _) => AsyncEnumerable.Empty<string>());
        var chain = none.Pipe(Runnable.Transform<string, string>("closing", Closing));

        Assert.Equal(["end"], await chain.StreamAsync("x", TestRun.Context(observed ? new RecordingObserver() : null)).ToListAsync(TestRun.Token));
    }

    private sealed class InvokedStep(string name) : Runnable<string, string>
    {
        public override string Name => name;

        protected internal override ValueTask<string> InvokeCoreAsync(string input, RunContext context) => new("ab");
    }

    private sealed class StreamingStep(string name) : Runnable<string, string>
    {
        public override string Name => name;

        protected internal override ValueTask<string> InvokeCoreAsync(string input, RunContext context) => new(input);

        protected internal override IAsyncEnumerable<string> StreamCore(string input, RunContext context) =>
            input.Select(letter => $"{letter}").ToAsyncEnumerable();
    }
}
