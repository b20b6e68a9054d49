using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>
/// A step that takes <typeparamref name="TIn"/> and gives <typeparamref name="TOut"/>: it can be invoked, batched, streamed, and piped into
/// others. Instances are immutable and thread-safe; all state of a call is in its <see cref="RunContext"/>.
/// </summary>
/// <remarks>
/// There are three levels to override. <see cref="InvokeCoreAsync"/> must be; a step that can give its answer in pieces overrides
/// <see cref="StreamCore"/>; one that can begin before its input is whole overrides <see cref="TransformCore"/>.
/// Whichever are overridden, the pieces must add up to what invoking gives (<see cref="StreamFold{T}"/>).
/// </remarks>
public abstract class Runnable<TIn, TOut> : IRunnable
{
    /// <inheritdoc/>
    public virtual string Name => RunnableName.Of(GetType());

    /// <inheritdoc/>
    public virtual RunType RunType => RunType.Chain;

    /// <inheritdoc/>
    public Type InputType => typeof(TIn);

    /// <inheritdoc/>
    public Type OutputType => typeof(TOut);

    /// <inheritdoc/>
    public virtual IReadOnlyList<ConfigurableField> ConfigurableFields => [];

    /// <summary>What this step tells about itself in the metadata of its runs.</summary>
    protected virtual ChainValues RunMetadata => ChainValues.Empty;

    /// <inheritdoc/>
    public TResult Accept<TResult>(IRunnableVisitor<TResult> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        return visitor.Visit(this);
    }

    /// <inheritdoc/>
    public virtual JsonShape GetInputShape(RunConfig config) => JsonShape.For<TIn>();

    /// <inheritdoc/>
    public virtual JsonShape GetOutputShape(RunConfig config) => JsonShape.For<TOut>();

    /// <summary>Runs to the end and gives the whole answer.</summary>
    public ValueTask<TOut> InvokeAsync(TIn input, CancellationToken cancellationToken = default) =>
        InvokeAsync(input, RunContext.Create(cancellationToken: cancellationToken));

    /// <summary>Runs to the end under a context and gives the whole answer.</summary>
    public ValueTask<TOut> InvokeAsync(TIn input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CancellationToken.ThrowIfCancellationRequested();
        return InvokeRun(input, context);
    }

    /// <summary>Gives the answer in pieces as they come.</summary>
    public IAsyncEnumerable<TOut> StreamAsync(TIn input, CancellationToken cancellationToken = default) =>
        StreamAsync(input, RunContext.Create(cancellationToken: cancellationToken));

    /// <summary>Gives the answer in pieces as they come, under a context whose token ends it.</summary>
    public IAsyncEnumerable<TOut> StreamAsync(TIn input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return StreamRun(input, context);
    }

    /// <summary>Gives the answer in pieces, beginning before the input is whole where the step can.</summary>
    public IAsyncEnumerable<TOut> TransformAsync(IAsyncEnumerable<TIn> input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        return TransformRun(input, context);
    }

    /// <summary>The work: from the whole input to the whole answer.</summary>
    protected internal abstract ValueTask<TOut> InvokeCoreAsync(TIn input, RunContext context);

    /// <summary>The work in pieces, from the whole input; null if this step has no pieces to give. Must not start before it is enumerated.</summary>
    protected internal virtual IAsyncEnumerable<TOut>? StreamCore(TIn input, RunContext context) => null;

    /// <summary>The work in pieces, from pieces; null if this step needs its input whole. Must not start before it is enumerated.</summary>
    protected internal virtual IAsyncEnumerable<TOut>? TransformCore(IAsyncEnumerable<TIn> input, RunContext context) => null;

    // Around the work: one run each, published if somebody observes. Steps that have no run of their own (bindings, configured ones) override these.

    internal virtual ValueTask<TOut> InvokeRun(TIn input, RunContext context) =>
        context.IsObserved ? ObserveInvokeAsync(input, EnterRun(context)) : InvokeCoreAsync(input, context);

    internal virtual IAsyncEnumerable<TOut> StreamRun(TIn input, RunContext context)
    {
        if (context.IsObserved)
            return ObserveStream(input, context);
        return StreamCore(input, context) ?? TransformCore(AsyncStreams.Single(input), context) ?? InvokeOnce(input, context);
    }

    internal virtual IAsyncEnumerable<TOut> TransformRun(IAsyncEnumerable<TIn> input, RunContext context)
    {
        if (context.IsObserved)
            return ObserveTransform(input, context);
        return TransformCore(input, context) ?? GatherThenStream(input, context);
    }

    private async IAsyncEnumerable<TOut> InvokeOnce(TIn input, RunContext context)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        yield return await InvokeCoreAsync(input, context).ConfigureAwait(false);
    }

    private protected async IAsyncEnumerable<TOut> GatherThenStream(IAsyncEnumerable<TIn> input, RunContext context)
    {
        var fold = await input.FoldAsync(context.CancellationToken).ConfigureAwait(false);
        if (fold.Count == 0)
            yield break;
        await foreach (var piece in StreamRun(fold.Value!, context).ConfigureAwait(false))
            yield return piece;
    }

    private RunContext EnterRun(RunContext context) => context.Enter(Name, RunType, RunMetadata);

    private async ValueTask<TOut> ObserveInvokeAsync(TIn input, RunContext inner)
    {
        var run = inner.Run!;
        await inner.PublishAsync(new RunStarted(run, run.StartTime, input, HasInput: true)).ConfigureAwait(false);
        TOut output;
        try
        {
            output = await InvokeCoreAsync(input, inner).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await PublishFailureAsync(inner, error).ConfigureAwait(false);
            throw;
        }

        await inner.PublishAsync(new RunEnded(run, inner.Now, input, output, Streamed: false)).ConfigureAwait(false);
        return output;
    }

    private async IAsyncEnumerable<TOut> ObserveStream(TIn input, RunContext context)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        var inner = EnterRun(context);
        if (StreamCore(input, inner) is { } stream)
        {
            await inner.PublishAsync(new RunStarted(inner.Run!, inner.Run!.StartTime, input, HasInput: true)).ConfigureAwait(false);
            await foreach (var piece in ObservePieces(stream, () => input, inner).ConfigureAwait(false))
                yield return piece;
        }
        else if (TransformCore(AsyncStreams.Single(input), inner) is { } transform)
        {
            await inner.PublishAsync(new RunStarted(inner.Run!, inner.Run!.StartTime, null, HasInput: false)).ConfigureAwait(false);
            await foreach (var piece in ObservePieces(transform, () => input, inner).ConfigureAwait(false))
                yield return piece;
        }
        else
        {
            yield return await ObserveInvokeAsync(input, inner).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<TOut> ObserveTransform(IAsyncEnumerable<TIn> input, RunContext context)
    {
        // Pulling starts at the last step. Waiting for the first piece of the input lets the steps before this one start first.
        var pieces = input.GetAsyncEnumerator(context.CancellationToken);
        await using var _ = pieces.ConfigureAwait(false);
        var any = await pieces.MoveNextAsync().ConfigureAwait(false);
        var inner = EnterRun(context);
        var whole = new StreamFold<TIn>();
        if (TransformCore(any ? AsyncStreams.Tap(pieces.Current, pieces, whole) : AsyncStreams.Empty<TIn>(), inner) is { } transform)
        {
            await inner.PublishAsync(new RunStarted(inner.Run!, inner.Run!.StartTime, null, HasInput: false)).ConfigureAwait(false);
            await foreach (var piece in ObservePieces(transform, () => whole.Value, inner).ConfigureAwait(false))
                yield return piece;
            yield break;
        }

        if (!any)
            yield break;
        do
            whole.Add(pieces.Current);
        while (await pieces.MoveNextAsync().ConfigureAwait(false));
        await foreach (var piece in ObserveStream(whole.Value!, context).ConfigureAwait(false))
            yield return piece;
    }

    /// <summary>Publishes each piece before it is passed on, and how it ended: a reader that leaves early ends the run as cancelled.</summary>
    private static async IAsyncEnumerable<TOut> ObservePieces(IAsyncEnumerable<TOut> stream, Func<object?> input, RunContext inner)
    {
        var run = inner.Run!;
        var output = new StreamFold<TOut>();
        var pieces = stream.GetAsyncEnumerator(inner.CancellationToken);
        Exception? failure = new OperationCanceledException($"The reader of '{run.Name}' left before its end.");
        try
        {
            while (true)
            {
                try
                {
                    if (!await pieces.MoveNextAsync().ConfigureAwait(false))
                        break;
                }
                catch (Exception error)
                {
                    failure = error;
                    throw;
                }

                output.Add(pieces.Current);
                await inner.PublishAsync(new RunStreamed(run, inner.Now, pieces.Current)).ConfigureAwait(false);
                yield return pieces.Current;
            }

            failure = null;
        }
        finally
        {
            await pieces.DisposeAsync().ConfigureAwait(false);
            if (failure is not null)
                await PublishFailureAsync(inner, failure).ConfigureAwait(false);
        }

        await inner.PublishAsync(new RunEnded(run, inner.Now, input(), output.Count == 0 ? null : output.Value, Streamed: true)).ConfigureAwait(false);
    }

    /// <summary>Tells of a failure without putting another in its place: under a cancelled token an observer may refuse the event.</summary>
    private static async ValueTask PublishFailureAsync(RunContext inner, Exception error)
    {
        try
        {
            await inner.PublishAsync(new RunFailed(inner.Run!, inner.Now, error)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (inner.CancellationToken.IsCancellationRequested)
        {
            // The run is over either way.
        }
    }
}
