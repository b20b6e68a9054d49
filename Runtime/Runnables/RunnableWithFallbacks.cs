using System.Runtime.ExceptionServices;
using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>Runs a step, and where it fails others in its place.</summary>
internal sealed class RunnableWithFallbacks<TIn, TOut>(Runnable<TIn, TOut> first, Runnable<TIn, TOut>[] fallbacks, Func<Exception, bool> handles)
    : RunnableWithAttempts<TIn, TOut>
{
    private readonly Runnable<TIn, TOut>[] _runnables = [first, .. fallbacks];

    public override string Name => "RunnableWithFallbacks";

    public override IReadOnlyList<ConfigurableField> ConfigurableFields => ConfigurableFieldSet.Of(_runnables);

    public override JsonShape GetInputShape(RunConfig config) => _runnables[0].GetInputShape(config);

    public override JsonShape GetOutputShape(RunConfig config) => _runnables[0].GetOutputShape(config);

    protected override (Runnable<TIn, TOut> Runnable, RunContext Context)? Attempt(int number, RunContext context) =>
        number > _runnables.Length ? null : (_runnables[number - 1], context.Child());

    protected override bool Handles(Exception error) => handles(error);

    protected override ExceptionDispatchInfo Surfacing(ExceptionDispatchInfo? former, Exception error) => former ?? ExceptionDispatchInfo.Capture(error);
}
