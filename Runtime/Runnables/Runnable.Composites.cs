using Serving.Runtime.Errors;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

public static partial class Runnable
{
    /// <summary>A step that gives its input to several steps at once, and their answers under their keys.</summary>
    /// <param name="steps">The steps, each of which takes <typeparamref name="TIn"/>. Keys differ.</param>
    /// <exception cref="CompositionException">A step takes something else, a key occurs twice, or there is no step.</exception>
    public static RunnableParallel<TIn> Parallel<TIn>(params (string Key, IRunnable Step)[] steps) => new(steps);

    /// <summary>A step that gives what it takes, piece by piece.</summary>
    public static Runnable<T, T> Passthrough<T>() => new RunnablePassthrough<T>();

    /// <summary>A step that gives the values it takes, with others that steps make of them. In a stream the taken values go through at once.</summary>
    /// <param name="steps">What to add, or put in place of a taken value: steps that take <see cref="ChainValues"/>.</param>
    /// <exception cref="CompositionException">A step takes something else, a key occurs twice, or there is no step.</exception>
    public static Runnable<ChainValues, ChainValues> Assign(params (string Key, IRunnable Step)[] steps) => new RunnableAssign(steps);

    /// <summary>A step that takes one value out of several, piece by piece. A call without that value fails with <see cref="KeyNotFoundException"/>.</summary>
    /// <param name="key">The key of the value. What was read as plain JSON is read again as <typeparamref name="TValue"/>.</param>
    public static Runnable<ChainValues, TValue> Pick<TValue>(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new RunnablePick<TValue>(key);
    }

    /// <summary>A step that takes some values out of several, piece by piece. Keys that are not there are left out.</summary>
    public static Runnable<ChainValues, ChainValues> Pick(params string[] keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return new RunnablePick([.. keys]);
    }

    /// <summary>A step that runs the first branch whose condition holds.</summary>
    /// <param name="otherwise">What runs if none holds.</param>
    /// <param name="branches">Conditions, asked in order and one at a time, and what runs where they hold.</param>
    public static Runnable<TIn, TOut> Branch<TIn, TOut>(
        Runnable<TIn, TOut> otherwise,
        params (Runnable<TIn, bool> Condition, Runnable<TIn, TOut> Then)[] branches) => new RunnableBranch<TIn, TOut>(otherwise, branches);

    /// <summary>A step that runs the first branch whose condition holds.</summary>
    /// <param name="otherwise">What runs if none holds.</param>
    /// <param name="branches">Conditions, asked in order, and what runs where they hold.</param>
    public static Runnable<TIn, TOut> Branch<TIn, TOut>(
        Runnable<TIn, TOut> otherwise,
        params (Func<TIn, bool> Condition, Runnable<TIn, TOut> Then)[] branches) =>
        new RunnableBranch<TIn, TOut>(otherwise, branches.Select(branch => (Lambda(branch.Condition), branch.Then)));

    /// <summary>A step that runs the route its input names. It has no run of its own; a key without a route fails with <see cref="InvalidInputException"/>.</summary>
    /// <param name="routes">The routes by their keys. Keys reach the client in that error.</param>
    public static Runnable<RouterInput<TIn>, TOut> Router<TIn, TOut>(IReadOnlyDictionary<string, Runnable<TIn, TOut>> routes) =>
        new RunnableRouter<TIn, TOut>(routes);

    /// <summary>
    /// A step that runs what a function chooses per call. The choice may lead back to this step; more nested calls than the config's recursion limit fail
    /// with <see cref="RecursionLimitException"/>.
    /// </summary>
    /// <param name="name">The name of its runs.</param>
    /// <param name="choose">The choice. Must be thread-safe.</param>
    public static Runnable<TIn, TOut> Route<TIn, TOut>(string name, Func<TIn, RunContext, Runnable<TIn, TOut>> choose)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(choose);
        return new RunnableRoute<TIn, TOut>(name, choose);
    }
}
