using Serving.Runtime.Errors;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>A step of a map under its key.</summary>
internal abstract class MapBranch<TIn>(string key)
{
    protected string Tag { get; } = "map:key:" + key;

    public string Key => key;

    public abstract IRunnable Step { get; }

    public abstract ValueTask<object?> InvokeAsync(TIn input, RunContext context);

    /// <summary>The pieces of the step, each as values of this key alone.</summary>
    public abstract IAsyncEnumerable<ChainValues> TransformAsync(IAsyncEnumerable<TIn> input, RunContext context);

    /// <summary>Recovers what the step takes.</summary>
    /// <exception cref="CompositionException">It does not take what the map is given.</exception>
    public static MapBranch<TIn> Create(string key, IRunnable step)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(step);
        return step.Accept(new Fitting(key));
    }

    private sealed class Fitting(string key) : IRunnableVisitor<MapBranch<TIn>>
    {
        public MapBranch<TIn> Visit<TStepIn, TStepOut>(Runnable<TStepIn, TStepOut> runnable) => runnable is Runnable<TIn, TStepOut> step
            ? new MapBranch<TIn, TStepOut>(key, step)
            : throw new CompositionException(
                $"Step '{key}' takes {RunnableName.OfType(typeof(TStepIn))}, but the map is given {RunnableName.OfType(typeof(TIn))}.");
    }
}

internal sealed class MapBranch<TIn, TOut>(string key, Runnable<TIn, TOut> step) : MapBranch<TIn>(key)
{
    public override IRunnable Step => step;

    public override async ValueTask<object?> InvokeAsync(TIn input, RunContext context) =>
        await step.InvokeAsync(input, context.Child(Tag)).ConfigureAwait(false);

    public override async IAsyncEnumerable<ChainValues> TransformAsync(IAsyncEnumerable<TIn> input, RunContext context)
    {
        await foreach (var piece in step.TransformAsync(input, context.Child(Tag)).ConfigureAwait(false))
            yield return ChainValues.Of(Key, piece);
    }
}
