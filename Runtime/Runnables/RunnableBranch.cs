using System.Globalization;
using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

/// <summary>Runs the first branch whose condition holds, or the default one.</summary>
internal sealed class RunnableBranch<TIn, TOut> : Runnable<TIn, TOut>
{
    private readonly Runnable<TIn, TOut> _otherwise;
    private readonly (Runnable<TIn, bool> Condition, Runnable<TIn, TOut> Then, string ConditionTag, string Tag)[] _branches;

    public RunnableBranch(Runnable<TIn, TOut> otherwise, IEnumerable<(Runnable<TIn, bool> Condition, Runnable<TIn, TOut> Then)> branches)
    {
        ArgumentNullException.ThrowIfNull(otherwise);
        _otherwise = otherwise;
        _branches = [.. branches.Select((branch, index) => (branch.Condition, branch.Then, Tag("condition", index), Tag("branch", index)))];
    }

    public override string Name => "RunnableBranch";

    public override IReadOnlyList<ConfigurableField> ConfigurableFields =>
        ConfigurableFieldSet.Of([_otherwise, .. _branches.Select(branch => branch.Then), .. _branches.Select(branch => branch.Condition)]);

    public override JsonShape GetInputShape(RunConfig config) =>
        ShapeSets.FirstKnown([_otherwise.GetInputShape(config), .. _branches.Select(branch => branch.Then.GetInputShape(config))]);

    public override JsonShape GetOutputShape(RunConfig config) =>
        ShapeSets.FirstKnown([_otherwise.GetOutputShape(config), .. _branches.Select(branch => branch.Then.GetOutputShape(config))]);

    protected internal override async ValueTask<TOut> InvokeCoreAsync(TIn input, RunContext context)
    {
        var (chosen, tag) = await ChooseAsync(input, context).ConfigureAwait(false);
        return await chosen.InvokeAsync(input, context.Child(tag)).ConfigureAwait(false);
    }

    protected internal override async IAsyncEnumerable<TOut> StreamCore(TIn input, RunContext context)
    {
        var (chosen, tag) = await ChooseAsync(input, context).ConfigureAwait(false);
        await foreach (var piece in chosen.StreamAsync(input, context.Child(tag)).ConfigureAwait(false))
            yield return piece;
    }

    private async ValueTask<(Runnable<TIn, TOut> Chosen, string Tag)> ChooseAsync(TIn input, RunContext context)
    {
        foreach (var (condition, then, conditionTag, tag) in _branches)
        {
            if (await condition.InvokeAsync(input, context.Child(conditionTag)).ConfigureAwait(false))
                return (then, tag);
        }

        return (_otherwise, "branch:default");
    }

    private static string Tag(string kind, int index) => string.Create(CultureInfo.InvariantCulture, $"{kind}:{index + 1}");
}
