using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>Gives what it takes, piece by piece.</summary>
internal sealed class RunnablePassthrough<T> : Runnable<T, T>
{
    public override string Name => "RunnablePassthrough";

    public override JsonShape GetInputShape(RunConfig config) => JsonShape.Any;

    public override JsonShape GetOutputShape(RunConfig config) => JsonShape.Any;

    protected internal override ValueTask<T> InvokeCoreAsync(T input, RunContext context) => new(input);

    protected internal override IAsyncEnumerable<T> TransformCore(IAsyncEnumerable<T> input, RunContext context) => input;
}
