namespace Serving.Runtime.Runnables;

/// <summary>How runnables are composed.</summary>
public static partial class RunnableExtensions
{
    /// <summary>Feeds what one step gives to the next. Associative: the nesting of pipes shows neither in answers nor in events.</summary>
    public static RunnableSequence<TIn, TOut> Pipe<TIn, TMiddle, TOut>(this Runnable<TIn, TMiddle> first, Runnable<TMiddle, TOut> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new RunnableSequence<TIn, TMiddle, TOut>(first, second);
    }

    /// <summary>Feeds what one step gives to a function.</summary>
    public static RunnableSequence<TIn, TOut> Pipe<TIn, TMiddle, TOut>(this Runnable<TIn, TMiddle> first, Func<TMiddle, TOut> second) =>
        first.Pipe(Runnable.Lambda(second));
}
