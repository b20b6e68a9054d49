using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>Makes runnables of functions and of other runnables.</summary>
public static partial class Runnable
{
    /// <summary>A step of a function.</summary>
    /// <param name="name">The name of its runs.</param>
    /// <param name="function">The work. Must be thread-safe.</param>
    public static Runnable<TIn, TOut> Lambda<TIn, TOut>(string name, Func<TIn, TOut> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new RunnableLambda<TIn, TOut>(name, (input, _) => new ValueTask<TOut>(function(input)));
    }

    /// <summary>A step of a function, named <c>RunnableLambda</c>.</summary>
    public static Runnable<TIn, TOut> Lambda<TIn, TOut>(Func<TIn, TOut> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new RunnableLambda<TIn, TOut>(null, (input, _) => new ValueTask<TOut>(function(input)));
    }

    /// <summary>A step of a function that sees the context: config, services, clock, token.</summary>
    public static Runnable<TIn, TOut> Lambda<TIn, TOut>(string name, Func<TIn, RunContext, TOut> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new RunnableLambda<TIn, TOut>(name, (input, context) => new ValueTask<TOut>(function(input, context)));
    }

    /// <summary>A step of an asynchronous function.</summary>
    public static Runnable<TIn, TOut> LambdaAsync<TIn, TOut>(string name, Func<TIn, RunContext, ValueTask<TOut>> function) => new RunnableLambda<TIn, TOut>(name, function);

    /// <summary>A step of an asynchronous function, named <c>RunnableLambda</c>.</summary>
    public static Runnable<TIn, TOut> LambdaAsync<TIn, TOut>(Func<TIn, RunContext, ValueTask<TOut>> function) => new RunnableLambda<TIn, TOut>(null, function);

    /// <summary>A step that gives its answer in pieces, once its input is whole.</summary>
    public static Runnable<TIn, TOut> Generator<TIn, TOut>(string name, Func<TIn, RunContext, IAsyncEnumerable<TOut>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new RunnableGenerator<TIn, TOut>(name, Gathered);

        async IAsyncEnumerable<TOut> Gathered(IAsyncEnumerable<TIn> input, RunContext context)
        {
            var whole = await input.FoldAsync(context.CancellationToken).ConfigureAwait(false);
            if (whole.Count == 0)
                yield break;
            await foreach (var piece in function(whole.Value!, context).WithCancellation(context.CancellationToken).ConfigureAwait(false))
                yield return piece;
        }
    }

    /// <summary>A step that gives pieces while its input still comes in.</summary>
    public static Runnable<TIn, TOut> Transform<TIn, TOut>(string name, Func<IAsyncEnumerable<TIn>, RunContext, IAsyncEnumerable<TOut>> function) =>
        new RunnableGenerator<TIn, TOut>(name, function);
}
