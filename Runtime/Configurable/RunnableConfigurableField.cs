using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Runtime.Configurable;

/// <summary>A runnable that a configured value replaces by one made of the value.</summary>
internal sealed class RunnableConfigurableField<TIn, TOut>(Runnable<TIn, TOut> original, ConfigurableField setting, Func<object?, Runnable<TIn, TOut>> make)
    : RunnableStandIn<TIn, TOut>(original)
{
    public override IReadOnlyList<ConfigurableField> ConfigurableFields =>
        [setting, .. Original.ConfigurableFields.Where(other => other.Id != setting.Id)];

    protected override Runnable<TIn, TOut> Choose(RunConfig config) =>
        config.Configurable.TryGetValue(setting.Id, out var value) && value is not null ? make(value) : Original;
}
