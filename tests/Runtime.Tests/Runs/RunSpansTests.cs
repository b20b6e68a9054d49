using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Runs;

public sealed class RunSpansTests : IDisposable
{
    private static readonly ActivitySource Own = new("Serving.Runtime.Tests.RunSpans");

    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;
    private readonly Activity _around;

    public RunSpansTests()
    {
        _around = new Activity("test").Start();
        // Other tests run beside this one: theirs are not recorded.
        _listener = new ActivityListener
        {
            // By name: of the first test, the source is asked about while it is being made.
            ShouldListenTo = source => source.Name is "Serving.Runtime" or "Serving.Runtime.Tests.RunSpans",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.TraceId == _around.TraceId ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == _around.TraceId)
                    _ended.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _around.Dispose();
    }

    [Fact]
    public async Task Stream_StepsThatStartSpansOfTheirOwn_HaveThemBelowThemAfterEachYield()
    {
        var chain = Letters("first").Pipe(Runnable.Parallel<string>(("a", Letters("a").Pipe(Letters("b"))), ("c", Letters("c"))));

        var pieces = 0;
        await foreach (var _ in chain.StreamAsync("xyz", RunContext.Create(cancellationToken: Cancellation)))
        {
            pieces++;
            Assert.Same(_around, Activity.Current);
        }

        Assert.Equal(6, pieces);
        var own = _ended.Where(span => span.Source == Own).ToList();
        Assert.Equal(4 * 3, own.Count);
        Assert.All(own, span => Assert.Equal($"step {span.OperationName}", NameOfParent(span)));
        var sequence = _ended.Single(span => span.DisplayName == "RunnableSequence" && span.ParentSpanId == _around.SpanId);
        Assert.Equal(["RunnableParallel<a,c>", "step first"], Below(sequence));
        Assert.Equal(["RunnableSequence", "step c"], Below(_ended.Single(span => span.DisplayName == "RunnableParallel<a,c>")));
    }

    [Fact]
    public async Task Invoke_SideBySide_StepsHangBelowTheirOwnBranch()
    {
        var chain = Runnable.Parallel<string>(("a", Letters("a")), ("b", Letters("b")), ("c", Letters("c")));

        await chain.InvokeAsync("xyz", RunContext.Create(cancellationToken: Cancellation));

        Assert.All(_ended.Where(span => span.Source == Own), span => Assert.Equal($"step {span.OperationName}", NameOfParent(span)));
        Assert.Equal(["step a", "step b", "step c"], Below(_ended.Single(span => span.DisplayName == "RunnableParallel<a,b,c>")));
    }

    [Fact]
    public async Task Span_OfTheCaller_StandsForTheRootRun()
    {
        using var given = Own.StartActivity("given")!; // listened to above
        Activity.Current = _around;

        await Letters("a").Pipe(Letters("b")).InvokeAsync("x", RunContext.Create(span: given, cancellationToken: Cancellation));

        Assert.False(given.IsStopped);
        Assert.DoesNotContain(_ended, span => span.DisplayName == "RunnableSequence");
        Assert.Equal(2, _ended.Count(span => span.Source != Own && span.ParentSpanId == given.SpanId));
        Assert.Same(_around, Activity.Current);
    }

    [Fact]
    public async Task Failure_OfAStep_IsToldByItsKindAlone()
    {
        var known = Runnable.Lambda<int, int>(_ => throw new ServingException(ErrorKind.RateLimited, "canary")).WithName("known");
        var unknown = Runnable.Lambda<int, int>(_ => throw new InvalidTimeZoneException("canary")).WithName("unknown");

        await Assert.ThrowsAsync<ServingException>(async () => await known.InvokeAsync(1, RunContext.Create(cancellationToken: Cancellation)));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await unknown.InvokeAsync(1, RunContext.Create(cancellationToken: Cancellation)));

        Assert.Equal(
            [("known", "rate_limited", ActivityStatusCode.Error), ("unknown", "System.InvalidTimeZoneException", ActivityStatusCode.Error)],
            _ended.Select(span => (span.DisplayName, span.GetTagItem("error.type"), span.Status)));
        Assert.All(_ended, span => Assert.Null(span.StatusDescription));
        Assert.All(_ended, span => Assert.Empty(span.Events));
    }

    [Fact]
    public async Task Stream_ReaderLeavesEarly_IsCancelledAndNotFailed()
    {
        await foreach (var _ in Letters("a").StreamAsync("xyz", RunContext.Create(cancellationToken: Cancellation)))
            break;

        var span = Assert.Single(_ended, span => span.Source != Own);
        Assert.Equal(("cancelled", ActivityStatusCode.Unset), (span.GetTagItem("error.type"), span.Status));
    }

    [Fact]
    public async Task Around_NotRecorded_NeitherAreTheSteps()
    {
        _around.IsAllDataRequested = false;

        var context = RunContext.Create(cancellationToken: Cancellation);
        await Letters("a").InvokeAsync("x", context);

        Assert.Null(context.Span);
        Assert.DoesNotContain(_ended, span => span.Source != Own);
    }

    [Fact]
    public async Task RootRunId_OfAllRunsBelow_IsTheRoots()
    {
        var id = Guid.NewGuid();
        var seen = new ConcurrentQueue<Guid>();
        var step = Runnable.Lambda<int, int>("see", (value, run) =>
        {
            seen.Enqueue(run.RootRunId);
            return value;
        });

        await step.Pipe(step.Pipe(step).WithRetry()).InvokeAsync(1, RunContext.Create(new RunConfig { RunId = id }, cancellationToken: Cancellation));
        _around.IsAllDataRequested = false;
        await step.Pipe(step.Pipe(step).WithRetry()).InvokeAsync(1, RunContext.Create(new RunConfig { RunId = id }, cancellationToken: Cancellation));

        Assert.Equal(6, seen.Count);
        Assert.All(seen, root => Assert.Equal(id, root));
    }

    [Fact]
    public async Task Tally_OfARun_AddsUpWhatItsModelsTold()
    {
        var usage = new UsageDetails { InputTokenCount = 3, OutputTokenCount = 5 };
        var model = new ChatModel(new ScriptedChatClient(ScriptedReply.Of("Hello.") with { Usage = usage }, ScriptedReply.Of("Hello.") with { Usage = usage }, ScriptedReply.Of("Hello.") with { Usage = usage }, ScriptedReply.Of("Hello.") with { Usage = usage }));
        var prompt = Runnable.Lambda<string, PromptValue>(text => new StringPromptValue(text));
        var chain = Runnable.Parallel<string>(("a", prompt.Pipe(model).Pipe(new StrOutputParser())), ("b", prompt.Pipe(model).Pipe(new StrOutputParser())));
        var tally = new RunTally();
        Assert.Equal(((long?)null, (long?)null), (tally.InputTokens, tally.OutputTokens));

        await chain.InvokeAsync("Hi", RunContext.Create(tally: tally, cancellationToken: Cancellation));
        await foreach (var _ in chain.StreamAsync("Hi", RunContext.Create(tally: tally, cancellationToken: Cancellation)))
        {
        }

        Assert.Equal((12L, 20L), (tally.InputTokens, tally.OutputTokens));
    }

    /// <summary>Passes its input on letter by letter, each under a span of its own.</summary>
    private static Runnable<string, string> Letters(string name)
    {
        return Runnable.Transform<string, string>($"step {name}", Pass);

        async IAsyncEnumerable<string> Pass(IAsyncEnumerable<string> input, RunContext run)
        {
            await foreach (var piece in input)
            {
                foreach (var letter in piece)
                {
                    using (Own.StartActivity(name))
                        await Task.Yield();
                    yield return letter.ToString();
                }
            }
        }
    }

    private string? NameOfParent(Activity span) => _ended.SingleOrDefault(other => other.SpanId == span.ParentSpanId)?.DisplayName;

    private IEnumerable<string> Below(Activity parent) =>
        _ended.Where(span => span.ParentSpanId == parent.SpanId && span.Source != Own).Select(span => span.DisplayName).Order(StringComparer.Ordinal);
}
