using Serving.Runtime.Configurable;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>Gives the values it takes and those a map makes of them. In a stream the values it takes go through at once.</summary>
internal sealed class RunnableAssign : Runnable<ChainValues, ChainValues>
{
    private readonly RunnableParallel<ChainValues> _map;
    private readonly HashSet<string> _keys;

    public RunnableAssign((string Key, IRunnable Step)[] steps)
    {
        _map = new RunnableParallel<ChainValues>(steps);
        _keys = [.. _map.Keys];
        Name = $"RunnableAssign<{string.Join(',', _map.Keys)}>";
    }

    public override string Name { get; }

    public override IReadOnlyList<ConfigurableField> ConfigurableFields => _map.ConfigurableFields;

    // The Any stands for what goes through.
    public override JsonShape GetInputShape(RunConfig config) =>
        ShapeSets.UnionOfObjects(RunnableName.Title(Name, "input"), [_map.GetInputShape(config), JsonShape.Any]) ?? JsonShape.Dictionary;

    public override JsonShape GetOutputShape(RunConfig config)
    {
        var through = (GetInputShape(config) as ObjectShape)?.Properties.Where(property => !_keys.Contains(property.Name)) ?? [];
        return JsonShape.Object(RunnableName.Title(Name, "output"), [.. through, .. _map.OutputProperties(config)]);
    }

    protected internal override async ValueTask<ChainValues> InvokeCoreAsync(ChainValues input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.With(await _map.InvokeAsync(input, context.Child()).ConfigureAwait(false));
    }

    protected internal override async IAsyncEnumerable<ChainValues> TransformCore(IAsyncEnumerable<ChainValues> input, RunContext context)
    {
        var tee = new StreamTee<ChainValues>(input, context.CancellationToken);
        await using var _ = tee.ConfigureAwait(false);
        var inputs = tee.Open(2);
        await foreach (var piece in PassThrough(inputs[0]).ConfigureAwait(false))
            yield return piece;
        await foreach (var piece in _map.TransformAsync(inputs[1], context.Child()).ConfigureAwait(false))
            yield return piece;
    }

    private async IAsyncEnumerable<ChainValues> PassThrough(IAsyncEnumerable<ChainValues> input)
    {
        await foreach (var piece in input.ConfigureAwait(false))
        {
            var kept = piece.Keys.Any(_keys.Contains) ? ChainValues.From(piece.Where(item => !_keys.Contains(item.Key))) : piece;
            if (kept.Count > 0)
                yield return kept;
        }
    }
}
