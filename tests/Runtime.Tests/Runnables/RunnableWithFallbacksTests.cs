using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableWithFallbacksTests
{
    private static readonly Runnable<string, string> Echo = Runnable.Lambda<string, string>("echo", text => text);

    [Fact]
    public async Task Run_FirstFails_TheNextAnswers()
    {
        var observer = new RecordingObserver();
        var chain = Failing("one").WithFallbacks(Failing("two"), Echo);

        Assert.Equal("x", await chain.InvokeAsync("x", TestRun.Token));
        Assert.Equal(["x"], await chain.StreamAsync("x", TestRun.Context(observer)).ToListAsync(TestRun.Token));
        Assert.Equal(["RunnableWithFallbacks", "one", "two", "echo"], observer.Runs.Select(run => run.Name));
        Assert.All(observer.Runs.Skip(1), run => Assert.Empty(run.Tags));
    }

    [Fact]
    public async Task Run_AllFail_ThrowsTheFirstError()
    {
        var chain = Failing("one").WithFallbacks(Failing("two"));

        Assert.Equal("one", (await Assert.ThrowsAsync<InvalidDataException>(async () => await chain.InvokeAsync("x", TestRun.Token))).Message);
        Assert.Equal("one", (await Assert.ThrowsAsync<InvalidDataException>(async () => await chain.StreamAsync("x", TestRun.Token).CountAsync(TestRun.Token))).Message);
    }

    [Fact]
    public async Task Run_CallerIsToBlame_DoesNotFallOver()
    {
        var chain = Runnable.Lambda<string, string>("picky", string (_) => throw new InvalidInputException("no")).WithFallbacks(Echo);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await chain.InvokeAsync("x", TestRun.Token));
    }

    [Fact]
    public async Task Run_Predicate_DecidesWhatFallsOver()
    {
        var chain = Failing("one").WithFallbacks(error => error is TimeoutException, Echo);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await chain.InvokeAsync("x", TestRun.Token));
        Assert.Equal("x", await Failing("one").WithFallbacks(error => error is InvalidDataException, Echo).InvokeAsync("x", TestRun.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_Cancelled_NeverFallsOver(bool stream)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestRun.Token);
        var reached = false;
        var chain = Runnable.LambdaAsync<string, string>("leaves", async (_, _) =>
        {
            await cancel.CancelAsync();
            throw new InvalidDataException("on the way out");
        }).WithFallbacks(_ => true, Runnable.Lambda<string, string>("other", text =>
        {
            reached = true;
            return text;
        }));
        var context = TestRun.Context(cancellationToken: cancel.Token);

        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            if (stream)
                await chain.StreamAsync("x", context).CountAsync(TestRun.Token);
            else
                await chain.InvokeAsync("x", context);
        });
        Assert.False(reached);
    }

    [Fact]
    public async Task Stream_FailsAfterItsFirstPiece_DoesNotFallOver()
    {
        async IAsyncEnumerable<string> Pieces(string input, RunContext context)
        {
            yield return "one";
            await Task.Yield();
            throw new InvalidDataException("after");
        }

        var chain = Runnable.Generator<string, string>("pieces", Pieces).WithFallbacks(Echo);
        var got = new List<string>();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var piece in chain.StreamAsync("x", TestRun.Token))
                got.Add(piece);
        });

        Assert.Equal(["one"], got);
    }

    [Fact]
    public void Shapes_AreTheFirstOnes()
    {
        var chain = Echo.WithTypes(JsonShape.Integer, JsonShape.Number).WithFallbacks(Echo);
        Assert.Same(JsonShape.Integer, chain.GetInputShape(RunConfig.Empty));
        Assert.Same(JsonShape.Number, chain.GetOutputShape(RunConfig.Empty));
    }

    private static Runnable<string, string> Failing(string name) =>
        Runnable.Lambda<string, string>(name, string (_) => throw new InvalidDataException(name));
}
