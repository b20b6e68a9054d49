using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>A runnable that tells other shapes than its own.</summary>
internal sealed class RunnableWithTypes<TIn, TOut>(Runnable<TIn, TOut> original, JsonShape? input, JsonShape? output) : RunnableStandIn<TIn, TOut>(original)
{
    public override JsonShape GetInputShape(RunConfig config) => input ?? Original.GetInputShape(config);

    public override JsonShape GetOutputShape(RunConfig config) => output ?? Original.GetOutputShape(config);
}
