using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>Stands where another runnable is to run. It has no run of its own: events show the other one alone.</summary>
internal abstract class RunnableStandIn<TIn, TOut>(Runnable<TIn, TOut> original) : Runnable<TIn, TOut>
{
    public override string Name => original.Name;

    public override RunType RunType => original.RunType;

    public override IReadOnlyList<ConfigurableField> ConfigurableFields => original.ConfigurableFields;

    protected Runnable<TIn, TOut> Original => original;

    public override JsonShape GetInputShape(RunConfig config) => Choose(config).GetInputShape(config);

    public override JsonShape GetOutputShape(RunConfig config) => Choose(config).GetOutputShape(config);

    protected internal override ValueTask<TOut> InvokeCoreAsync(TIn input, RunContext context) => InvokeRun(input, context);

    internal override ValueTask<TOut> InvokeRun(TIn input, RunContext context)
    {
        var adapted = Adapt(context);
        return Choose(adapted.Config).InvokeAsync(input, adapted);
    }

    internal override IAsyncEnumerable<TOut> StreamRun(TIn input, RunContext context)
    {
        var adapted = Adapt(context);
        return Choose(adapted.Config).StreamAsync(input, adapted);
    }

    internal override IAsyncEnumerable<TOut> TransformRun(IAsyncEnumerable<TIn> input, RunContext context)
    {
        var adapted = Adapt(context);
        return Choose(adapted.Config).TransformAsync(input, adapted);
    }

    /// <summary>What runs under a config.</summary>
    protected virtual Runnable<TIn, TOut> Choose(RunConfig config) => original;

    /// <summary>The context it runs under.</summary>
    protected virtual RunContext Adapt(RunContext context) => context;
}
