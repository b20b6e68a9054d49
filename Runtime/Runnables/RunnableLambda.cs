using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>A step made of a function. In a stream it waits for its input to be whole and gives one piece.</summary>
public sealed class RunnableLambda<TIn, TOut> : Runnable<TIn, TOut>
{
    private readonly Func<TIn, RunContext, ValueTask<TOut>> _function;

    internal RunnableLambda(string? name, Func<TIn, RunContext, ValueTask<TOut>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
        Name = name ?? "RunnableLambda";
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    protected internal override ValueTask<TOut> InvokeCoreAsync(TIn input, RunContext context) => _function(input, context);

    /// <inheritdoc/>
    protected internal override async IAsyncEnumerable<TOut> TransformCore(IAsyncEnumerable<TIn> input, RunContext context)
    {
        var whole = await input.FoldAsync(context.CancellationToken).ConfigureAwait(false);
        if (whole.Count > 0)
            yield return await _function(whole.Value!, context).ConfigureAwait(false);
    }
}
