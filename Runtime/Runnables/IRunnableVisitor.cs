namespace Serving.Runtime.Runnables;

/// <summary>Recovers the type arguments of a runnable behind <see cref="IRunnable"/>, without reflection.</summary>
/// <typeparam name="TResult">What the visit gives.</typeparam>
public interface IRunnableVisitor<out TResult>
{
    /// <summary>Called with the runnable as what it is.</summary>
    TResult Visit<TIn, TOut>(Runnable<TIn, TOut> runnable);
}
