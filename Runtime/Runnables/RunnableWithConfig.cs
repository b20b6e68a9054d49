using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>A runnable with config of its own, which is in force where the caller does not say otherwise.</summary>
internal sealed class RunnableWithConfig<TIn, TOut>(Runnable<TIn, TOut> original, RunConfig own) : RunnableStandIn<TIn, TOut>(original)
{
    public override string Name => own.RunName ?? Original.Name;

    // A value set here is the default callers see.
    public override IReadOnlyList<ConfigurableField> ConfigurableFields => own.Configurable.Count == 0
        ? Original.ConfigurableFields
        : [.. Original.ConfigurableFields.Select(WithDefault)];

    public override JsonShape GetInputShape(RunConfig config) => Original.GetInputShape(own.Merge(config));

    public override JsonShape GetOutputShape(RunConfig config) => Original.GetOutputShape(own.Merge(config));

    protected override RunContext Adapt(RunContext context) => context.Over(own);

    private ConfigurableField WithDefault(ConfigurableField setting) =>
        own.Configurable.TryGetValue(setting.Id, out var value) ? setting with { Default = value } : setting;
}
