using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>Runs a step for every item of a list and gives the answers in the list's order.</summary>
internal sealed class RunnableEach<TIn, TOut>(Runnable<TIn, TOut> step) : Runnable<IReadOnlyList<TIn>, IReadOnlyList<TOut>>
{
    public override string Name { get; } = $"RunnableEach<{step.Name}>";

    public override IReadOnlyList<ConfigurableField> ConfigurableFields => step.ConfigurableFields;

    public override JsonShape GetInputShape(RunConfig config) => new ConvertedShape(
        JsonShape.Array(step.GetInputShape(config)),
        value => value is List<object?> items ? items.ConvertAll(item => (TIn)item!) : value);

    public override JsonShape GetOutputShape(RunConfig config) => JsonShape.Array(step.GetOutputShape(config));

    protected internal override async ValueTask<IReadOnlyList<TOut>> InvokeCoreAsync(IReadOnlyList<TIn> input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        var outputs = new TOut[input.Count];
        await SideBySide.RunAsync(input.Count, context.Config.MaxConcurrency, RunItem, context.CancellationToken).ConfigureAwait(false);
        return outputs;

        async ValueTask RunItem(int index, CancellationToken cancellationToken) =>
            outputs[index] = await step.InvokeAsync(input[index], context.With(cancellationToken).Child()).ConfigureAwait(false);
    }
}
