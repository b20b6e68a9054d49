using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>A step made of a function that gives its answer in pieces, from the pieces of its input.</summary>
public sealed class RunnableGenerator<TIn, TOut> : Runnable<TIn, TOut>
{
    private readonly Func<IAsyncEnumerable<TIn>, RunContext, IAsyncEnumerable<TOut>> _function;

    internal RunnableGenerator(string? name, Func<IAsyncEnumerable<TIn>, RunContext, IAsyncEnumerable<TOut>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
        Name = name ?? "RunnableGenerator";
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    protected internal override async ValueTask<TOut> InvokeCoreAsync(TIn input, RunContext context)
    {
        var whole = await _function(AsyncStreams.Single(input), context).FoldAsync(context.CancellationToken).ConfigureAwait(false);
        return whole.Value!; // an empty stream is worth its type's default
    }

    /// <inheritdoc/>
    protected internal override IAsyncEnumerable<TOut> TransformCore(IAsyncEnumerable<TIn> input, RunContext context) => _function(input, context);
}
