using System.Text.Json;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>Takes one of several named values.</summary>
internal sealed class RunnablePick<TValue>(string key) : Runnable<ChainValues, TValue>
{
    public override string Name => "RunnablePick";

    protected internal override ValueTask<TValue> InvokeCoreAsync(ChainValues input, RunContext context) => new(Pick(input));

    protected internal override async IAsyncEnumerable<TValue> TransformCore(IAsyncEnumerable<ChainValues> input, RunContext context)
    {
        var found = false;
        var others = ChainValues.Empty;
        await foreach (var piece in input.WithCancellation(context.CancellationToken).ConfigureAwait(false))
        {
            if (piece.ContainsKey(key))
            {
                found = true;
                yield return Pick(piece);
            }
            else if (!found)
            {
                others = others.With(piece);
            }
        }

        // The same complaint as if the values had come whole.
        if (!found && others.Count > 0)
            Pick(others);
    }

    private TValue Pick(ChainValues values) => values[key] switch
    {
        TValue fitting => fitting,
        null when default(TValue) is null => default!,
        var other => Convert(other),
    };

    /// <summary>What was read as plain JSON, such as a number as a long, is read again as what is wanted.</summary>
    private TValue Convert(object? value)
    {
        try
        {
            var json = value is JsonElement element ? element : JsonSerializer.SerializeToElement(value, RuntimeJson.Options);
            if (json.Deserialize<TValue>(RuntimeJson.Options) is { } converted)
                return converted;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new InvalidCastException(Misfit(value), error);
        }

        throw new InvalidCastException(Misfit(value));
    }

    private string Misfit(object? value) =>
        $"Value '{key}' is {(value is null ? "null" : RunnableName.OfType(value.GetType()))}, but {RunnableName.OfType(typeof(TValue))} is picked.";
}

/// <summary>Takes some of several named values; keys that are not there are left out.</summary>
internal sealed class RunnablePick(IReadOnlyList<string> keys) : Runnable<ChainValues, ChainValues>
{
    public override string Name => "RunnablePick";

    protected internal override ValueTask<ChainValues> InvokeCoreAsync(ChainValues input, RunContext context) => new(Pick(input));

    protected internal override async IAsyncEnumerable<ChainValues> TransformCore(IAsyncEnumerable<ChainValues> input, RunContext context)
    {
        await foreach (var piece in input.WithCancellation(context.CancellationToken).ConfigureAwait(false))
        {
            if (Pick(piece) is { Count: > 0 } picked)
                yield return picked;
        }
    }

    private ChainValues Pick(ChainValues values) => ChainValues.From(values.Where(item => keys.Contains(item.Key)));
}
