using System.Globalization;
using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>
/// Steps one after the other, each taking what the one before gives. Made by <c>Pipe</c>. A sequence piped into or onto another is spliced into it:
/// however the pipes are nested, there is one run with the steps <c>seq:step:1</c> to <c>seq:step:n</c> below it.
/// </summary>
/// <typeparam name="TIn">What the first step takes.</typeparam>
/// <typeparam name="TOut">What the last step gives.</typeparam>
public abstract class RunnableSequence<TIn, TOut> : Runnable<TIn, TOut>
{
    private protected RunnableSequence()
    {
    }

    /// <inheritdoc/>
    public override string Name => "RunnableSequence";

    /// <summary>The steps in order.</summary>
    public abstract IReadOnlyList<IRunnable> Steps { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ConfigurableField> ConfigurableFields => ConfigurableFieldSet.Of(Steps);

    /// <inheritdoc/>
    public override JsonShape GetInputShape(RunConfig config) => Steps[0].GetInputShape(config);

    /// <inheritdoc/>
    public override JsonShape GetOutputShape(RunConfig config) => Steps[^1].GetOutputShape(config);

    /// <inheritdoc/>
    protected internal override ValueTask<TOut> InvokeCoreAsync(TIn input, RunContext context) => InvokeSteps(input, context, 0);

    /// <inheritdoc/>
    protected internal override IAsyncEnumerable<TOut> TransformCore(IAsyncEnumerable<TIn> input, RunContext context) => TransformSteps(input, context, 0);

    /// <summary>Runs the steps without a run of this sequence's own; the first one is number <paramref name="offset"/> + 1.</summary>
    internal abstract ValueTask<TOut> InvokeSteps(TIn input, RunContext context, int offset);

    internal abstract IAsyncEnumerable<TOut> TransformSteps(IAsyncEnumerable<TIn> input, RunContext context, int offset);
}

/// <summary>Two steps, either of which may be a sequence to be spliced.</summary>
internal sealed class RunnableSequence<TIn, TMiddle, TOut>(Runnable<TIn, TMiddle> first, Runnable<TMiddle, TOut> second) : RunnableSequence<TIn, TOut>
{
    private readonly RunnableSequence<TIn, TMiddle>? _firstSteps = first as RunnableSequence<TIn, TMiddle>;
    private readonly RunnableSequence<TMiddle, TOut>? _secondSteps = second as RunnableSequence<TMiddle, TOut>;

    public override IReadOnlyList<IRunnable> Steps { get; } =
    [
        .. (first as RunnableSequence<TIn, TMiddle>)?.Steps ?? [first],
        .. (second as RunnableSequence<TMiddle, TOut>)?.Steps ?? [second],
    ];

    internal override ValueTask<TOut> InvokeSteps(TIn input, RunContext context, int offset)
    {
        var middle = _firstSteps is null
            ? first.InvokeAsync(input, context.Child(StepTag.Of(offset + 1)))
            : _firstSteps.InvokeSteps(input, context, offset);
        return middle.IsCompletedSuccessfully ? InvokeSecond(middle.Result, context, offset) : Await(middle, context, offset);
    }

    internal override IAsyncEnumerable<TOut> TransformSteps(IAsyncEnumerable<TIn> input, RunContext context, int offset)
    {
        var middle = _firstSteps is null
            ? first.TransformAsync(input, context.Child(StepTag.Of(offset + 1)))
            : _firstSteps.TransformSteps(input, context, offset);
        var next = offset + (_firstSteps?.Steps.Count ?? 1);
        return _secondSteps is null
            ? second.TransformAsync(middle, context.Child(StepTag.Of(next + 1)))
            : _secondSteps.TransformSteps(middle, context, next);
    }

    // No pooled state: who waits for the answer with a deadline wants a task, which such a state is not and this one is.
    private async ValueTask<TOut> Await(ValueTask<TMiddle> middle, RunContext context, int offset) =>
        await InvokeSecond(await middle.ConfigureAwait(false), context, offset).ConfigureAwait(false);

    private ValueTask<TOut> InvokeSecond(TMiddle middle, RunContext context, int offset)
    {
        var next = offset + (_firstSteps?.Steps.Count ?? 1);
        return _secondSteps is null
            ? second.InvokeAsync(middle, context.Child(StepTag.Of(next + 1)))
            : _secondSteps.InvokeSteps(middle, context, next);
    }
}

/// <summary>The tags that tell a step's place.</summary>
internal static class StepTag
{
    private static readonly string[] First = [.. Enumerable.Range(0, 33).Select(Make)];

    public static string Of(int number) => number < First.Length ? First[number] : Make(number);

    private static string Make(int number) => string.Create(CultureInfo.InvariantCulture, $"seq:step:{number}");
}
