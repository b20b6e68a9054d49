using System.Text.Encodings.Web;
using System.Text.Json;
using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;

namespace Serving.Runtime.Tests.Runnables;

public sealed class RunnableParallelTests
{
    private static readonly Runnable<string, string> Up = Runnable.Lambda<string, string>("up", text => text.ToUpperInvariant());

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Invoke_SeveralSteps_GivesAnswersUnderTheirKeysInOrder()
    {
        var map = Runnable.Parallel<string>(("upper", Up), ("length", Runnable.Lambda<string, int>(text => text.Length)), ("same", Runnable.Passthrough<string>()));

        var values = await map.InvokeAsync("abc", TestRun.Token);

        Assert.Equal([new("upper", "ABC"), new("length", 3), new("same", "abc")], values.ToArray());
        Assert.Equal("RunnableParallel<upper,length,same>", map.Name);
    }

    [Fact]
    public void Create_StepOfAnotherType_ThrowsASentence()
    {
        var error = Assert.Throws<CompositionException>(() => Runnable.Parallel<ChainValues>(("text", Up)));
        Assert.Equal("Step 'text' takes String, but the map is given ChainValues.", error.Message);

        error = Assert.Throws<CompositionException>(() => Runnable.Parallel<string>(("items", Up.Each())));
        Assert.Equal("Step 'items' takes IReadOnlyList<String>, but the map is given String.", error.Message);
    }

    [Fact]
    public void Create_KeyTwiceOrNoStep_Throws()
    {
        Assert.Contains("'a'", Assert.Throws<CompositionException>(() => Runnable.Parallel<string>(("a", Up), ("a", Up))).Message, StringComparison.Ordinal);
        Assert.Throws<CompositionException>(() => Runnable.Parallel<string>());
    }

    [Fact]
    public async Task Stream_SeveralSteps_TagsEachAndGivesPiecesUnderKeys()
    {
        var observer = new RecordingObserver();
        var map = Runnable.Parallel<string>(("upper", Up), ("same", Runnable.Passthrough<string>()));

        var pieces = await map.StreamAsync("ab", TestRun.Context(observer)).ToListAsync(TestRun.Token);

        Assert.Equal([ChainValues.Of("upper", "AB"), ChainValues.Of("same", "ab")], pieces);
        Assert.Equal(["map:key:upper"], observer.Run("up").Tags);
        Assert.Equal(["map:key:same"], observer.Run("RunnablePassthrough").Tags);
        Assert.Same(observer.Run(map.Name), observer.Run("up").Parent);
    }

    [Fact]
    public async Task Transform_PiecesComeIn_EachReachesEveryBranchBeforeTheNextIsRead()
    {
        var read = 0;
        async IAsyncEnumerable<string> Source()
        {
            foreach (var piece in new[] { "a", "b", "c" })
            {
                read++;
                yield return piece;
                await Task.CompletedTask;
            }
        }

        var map = Runnable.Parallel<string>(("x", Runnable.Passthrough<string>()), ("y", Runnable.Passthrough<string>()));
        await using var pieces = map.TransformAsync(Source(), TestRun.Context()).GetAsyncEnumerator(TestRun.Token);

        Assert.True(await pieces.MoveNextAsync());
        Assert.Equal(ChainValues.Of("x", "a"), pieces.Current);
        Assert.True(await pieces.MoveNextAsync());
        Assert.Equal(ChainValues.Of("y", "a"), pieces.Current);
        Assert.InRange(read, 1, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OneStepFails_CancelsTheOthersAndThrowsItsErrorAsItWas(bool stream)
    {
        var waiting = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var error = new InvalidDataException("as it was");
        var map = Runnable.Parallel<string>(
            ("waits", Runnable.LambdaAsync<string, string>("waits", async (text, context) =>
            {
                await using var _ = context.CancellationToken.Register(cancelled.SetResult);
                waiting.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
                return text;
            })),
            ("fails", Runnable.LambdaAsync<string, string>("fails", async (_, _) =>
            {
                await waiting.Task;
                throw error;
            })));

        var thrown = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            if (stream)
                await map.StreamAsync("x", TestRun.Token).FoldAsync(TestRun.Token);
            else
                await map.InvokeAsync("x", TestRun.Token);
        });

        Assert.Same(error, thrown);
        await cancelled.Task;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_MaxConcurrency_BoundsTheBranchesAtOnce(int limit)
    {
        var meter = new Meter();
        var step = Runnable.LambdaAsync<string, string>(async (text, _) => await meter.PassAsync(text));
        var map = Runnable.Parallel<string>(("a", step), ("b", step), ("c", step), ("d", step));
        var config = new RunConfig { MaxConcurrency = limit };

        var invoked = await map.InvokeAsync("x", TestRun.Context(config: config));
        var streamed = (await map.StreamAsync("x", TestRun.Context(config: config)).FoldAsync(TestRun.Token)).Value;

        Assert.Equal(invoked, streamed);
        Assert.InRange(meter.Most, 1, limit);
    }

    [Fact]
    public async Task Stream_SlowReader_KeepsAFastBranchAtMostOnePieceAhead()
    {
        var made = 0;
        async IAsyncEnumerable<string> Endless(string _, RunContext context)
        {
            while (true)
            {
                Interlocked.Increment(ref made);
                yield return "x";
                await Task.CompletedTask;
            }
        }

        var map = Runnable.Parallel<string>(("a", Runnable.Generator<string, string>("a", Endless)));
        await using var pieces = map.StreamAsync("x", TestRun.Token).GetAsyncEnumerator(TestRun.Token);
        for (var taken = 1; taken < 100; taken++)
        {
            Assert.True(await pieces.MoveNextAsync());
            Assert.InRange(made, taken, taken + 1);
        }
    }

    [Fact]
    public async Task Stream_LeftEarly_CancelsAndAwaitsTheBranches()
    {
        var ended = 0;
        async IAsyncEnumerable<string> Endless(string _, RunContext context)
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
                await Task.Yield();
                Interlocked.Increment(ref ended);
            }
        }

        async IAsyncEnumerable<string> Silent(string _, RunContext context)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
                yield break;
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }

        var map = Runnable.Parallel<string>(
            ("a", Runnable.Generator<string, string>("a", Endless)),
            ("b", Runnable.Generator<string, string>("b", Silent)));
        var observer = new RecordingObserver();

        Assert.Equal(2, await map.StreamAsync("x", TestRun.Context(observer)).Take(2).CountAsync(TestRun.Token));

        Assert.Equal(2, ended);
        Assert.Equal(3, observer.Events.OfType<RunFailed>().Count());
    }

    [Fact]
    public void Shapes_ObjectsAndUntypedSteps_AreJoined()
    {
        var first = Runnable.Lambda<ChainValues, int>("a", _ => 1).WithTypes(JsonShape.Object("A", new ShapeProperty("topic", JsonShape.String)));
        var second = Runnable.Lambda<ChainValues, int>("b", _ => 2)
            .WithTypes(JsonShape.Object("B", new ShapeProperty("topic", JsonShape.String), new ShapeProperty("count", JsonShape.Integer)));
        var closed = Runnable.Parallel<ChainValues>(("x", first), ("y", second)).GetInputShape(RunConfig.Empty);
        var open = Runnable.Parallel<ChainValues>(("x", first), ("z", Runnable.Passthrough<ChainValues>())).GetInputShape(RunConfig.Empty);
        var input = JsonSerializer.SerializeToElement(new { topic = "bears", count = 2, other = true });

        Assert.Equal(ChainValues.Of(("topic", "bears"), ("count", 2L)), closed.Read(input));
        Assert.Equal(["topic", "count", "other"], Assert.IsType<ChainValues>(open.Read(input)).Keys);
        Assert.Equal(
            """{"properties":{"topic":{"type":"string","title":"Topic"}},"title":"RunnableParallel<x,z>Input","type":"object","required":["topic"]}""",
            open.ToSchema().ToJsonString(Plain));
    }

    [Fact]
    public void Shapes_TextSteps_TakeTheFirstThatSaysSomethingAndTellEveryOutput()
    {
        var map = Runnable.Parallel<string>(("original", Runnable.Passthrough<string>()), ("upper", Up));

        Assert.Same(JsonShape.String, map.GetInputShape(RunConfig.Empty));
        Assert.Equal(
            """{"properties":{"original":{"title":"Original"},"upper":{"type":"string","title":"Upper"}},"title":"RunnableParallel<original,upper>Output","type":"object","required":["original","upper"]}""",
            map.GetOutputShape(RunConfig.Empty).ToSchema().ToJsonString(Plain));
    }

    [Fact]
    public void ConfigurableFields_StepsShareAField_TellsItOnce()
    {
        var field = new ConfigurableField("tone");
        var step = Up.ConfigurableField(field, _ => Up);

        Assert.Equal([field], Runnable.Parallel<string>(("a", step), ("b", step.WithRetry()), ("c", step.WithFallbacks(Up))).ConfigurableFields);
    }
}
