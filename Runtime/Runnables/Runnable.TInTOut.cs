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

    // Around the work: one run each, told if somebody observes or records spans. Steps that have no run of their own (bindings, configured ones) override these.

    internal virtual ValueTask<TOut> InvokeRun(TIn input, RunContext context) =>
        context.IsObserved ? ObserveInvokeAsync(input, context) : InvokeCoreAsync(input, context);

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

    private async ValueTask<TOut> ObserveInvokeAsync(TIn input, RunContext context, bool isEntered = false)
    {
        // Entered here and not by the caller, whose current span must stay what it is.
        var inner = isEntered ? context : context.Enter(this, RunMetadata);
        await inner.StartAsync(input, hasInput: true).ConfigureAwait(false);
        TOut output;
        try
        {
            output = await InvokeCoreAsync(input, inner).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await inner.FailAsync(error).ConfigureAwait(false);
            throw;
        }

        await inner.EndAsync(input, output, streamed: false).ConfigureAwait(false);
        return output;
    }

    private async IAsyncEnumerable<TOut> ObserveStream(TIn input, RunContext context)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        var inner = context.Enter(this, RunMetadata);
        if (StreamCore(input, inner) is { } stream)
        {
            await foreach (var piece in ObservePieces(stream, () => input, hasInput: true, inner).ConfigureAwait(false))
                yield return piece;
        }
        else if (TransformCore(AsyncStreams.Single(input), inner) is { } transform)
        {
            await foreach (var piece in ObservePieces(transform, () => input, hasInput: false, inner).ConfigureAwait(false))
                yield return piece;
        }
        else
        {
            yield return await ObserveInvokeAsync(input, inner, isEntered: true).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<TOut> ObserveTransform(IAsyncEnumerable<TIn> input, RunContext context)
    {
        // Pulling starts at the last step. Waiting for the first piece of the input lets the steps before this one start first.
        var pieces = input.GetAsyncEnumerator(context.CancellationToken);
        await using var _ = pieces.ConfigureAwait(false);
        var any = await pieces.MoveNextAsync().ConfigureAwait(false);
        var inner = context.Enter(this, RunMetadata);
        var whole = new StreamFold<TIn>();
        if (TransformCore(any ? AsyncStreams.Tap(pieces.Current, pieces, inner.Run is null ? null : whole) : AsyncStreams.Empty<TIn>(), inner) is { } transform)
        {
            await foreach (var piece in ObservePieces(transform, () => whole.Value, hasInput: false, inner).ConfigureAwait(false))
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

    /// <summary>Tells of the run, of each piece before it is passed on, and of the end: a reader that leaves early ends the run as cancelled.</summary>
    private static async IAsyncEnumerable<TOut> ObservePieces(IAsyncEnumerable<TOut> stream, Func<object?> input, bool hasInput, RunContext inner)
    {
        await inner.StartAsync(hasInput ? input() : null, hasInput).ConfigureAwait(false);
        var output = inner.Run is null ? null : new StreamFold<TOut>();
        var pieces = stream.GetAsyncEnumerator(inner.CancellationToken);
        Exception? failure = new OperationCanceledException("The reader of a run left before its end.");
        try
        {
            while (true)
            {
                try
                {
                    inner.Resume();
                    if (!await pieces.MoveNextAsync().ConfigureAwait(false))
                        break;
                }
                catch (Exception error)
                {
                    failure = error;
                    throw;
                }

                output?.Add(pieces.Current);
                await inner.StreamAsync(pieces.Current).ConfigureAwait(false);
                yield return pieces.Current;
            }

            failure = null;
        }
        finally
        {
            inner.Resume();
            await pieces.DisposeAsync().ConfigureAwait(false);
            if (failure is not null)
                await inner.FailAsync(failure).ConfigureAwait(false);
        }

        await inner.EndAsync(input(), output is null or { Count: 0 } ? null : output.Value, streamed: true).ConfigureAwait(false);
    }
}
