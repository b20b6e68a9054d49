using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>
/// Gives one input to several steps at once and their answers under their keys. In a stream each piece of a step is a piece of its own, in order of
/// arrival; a slow reader holds every step back. The first failure cancels the other steps and is thrown as it was.
/// </summary>
/// <typeparam name="TIn">What each of the steps takes.</typeparam>
public sealed class RunnableParallel<TIn> : Runnable<TIn, ChainValues>
{
    private readonly MapBranch<TIn>[] _branches;

    internal RunnableParallel((string Key, IRunnable Step)[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        if (steps.Length == 0)
            throw new CompositionException("A map needs a step; none is given.");
        if (steps.GroupBy(step => step.Key).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new CompositionException($"A map has two steps with the key '{twice.Key}'; give each a key of its own.");
        _branches = [.. steps.Select(step => MapBranch<TIn>.Create(step.Key, step.Step))];
        Name = $"RunnableParallel<{string.Join(',', Keys)}>";
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>The keys of the steps, in order.</summary>
    public IEnumerable<string> Keys => _branches.Select(branch => branch.Key);

    /// <inheritdoc/>
    public override IReadOnlyList<ConfigurableField> ConfigurableFields => ConfigurableFieldSet.Of(_branches.Select(branch => branch.Step));

    /// <inheritdoc/>
    public override JsonShape GetInputShape(RunConfig config)
    {
        var shapes = _branches.Select(branch => branch.Step.GetInputShape(config)).ToList();
        return typeof(TIn) == typeof(ChainValues)
            ? ShapeSets.UnionOfObjects(RunnableName.Title(Name, "input"), shapes) ?? ShapeSets.FirstKnown(shapes)
            : ShapeSets.FirstKnown(shapes);
    }

    /// <inheritdoc/>
    public override JsonShape GetOutputShape(RunConfig config) => JsonShape.Object(RunnableName.Title(Name, "output"), OutputProperties(config));

    internal IReadOnlyList<ShapeProperty> OutputProperties(RunConfig config) =>
        [.. _branches.Select(branch => new ShapeProperty(branch.Key, branch.Step.GetOutputShape(config)))];

    /// <inheritdoc/>
    protected internal override async ValueTask<ChainValues> InvokeCoreAsync(TIn input, RunContext context)
    {
        var values = new KeyValuePair<string, object?>[_branches.Length];
        await SideBySide.RunAsync(_branches.Length, context.Config.MaxConcurrency, RunBranch, context.CancellationToken).ConfigureAwait(false);
        return ChainValues.From(values);

        async ValueTask RunBranch(int index, CancellationToken cancellationToken)
        {
            var branch = _branches[index];
            values[index] = new(branch.Key, await branch.InvokeAsync(input, context.With(cancellationToken)).ConfigureAwait(false));
        }
    }

    /// <inheritdoc/>
    protected internal override async IAsyncEnumerable<ChainValues> TransformCore(IAsyncEnumerable<TIn> input, RunContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var inner = context.With(stop.Token);
        var tee = new StreamTee<TIn>(input, stop.Token);
        await using var _ = tee.ConfigureAwait(false);
        var inputs = tee.Open(_branches.Length);
        var outputs = inputs.Select((pieces, index) => (Func<IAsyncEnumerable<ChainValues>>)(() => _branches[index].TransformAsync(pieces, inner)));
        var limit = SideBySide.Limit(context.Config.MaxConcurrency, _branches.Length);
        await foreach (var piece in StreamMerge.MergeAsync([.. outputs], limit, stop).ConfigureAwait(false))
            yield return piece;
    }
}
