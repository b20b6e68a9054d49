using System.Text.Json;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Serialization;

namespace Serving.Endpoints.Handlers;

/// <summary>Makes a chain's input of JSON, by the shape the chain has under the config in force.</summary>
internal sealed class InputReader<TIn, TOut>(Runnable<TIn, TOut> chain)
{
    private readonly JsonShape? _fixed = chain.ConfigurableFields.Count == 0 ? chain.GetInputShape(RunConfig.Empty) : null;

    /// <exception cref="InvalidInputException">The input does not fit.</exception>
    public TIn Read(JsonElement json, RunConfig config)
    {
        var shape = _fixed ?? chain.GetInputShape(config);
        if (typeof(TIn) == typeof(JsonElement) && ReferenceEquals(shape, JsonShape.Any))
            return (TIn)(object)json;
        return shape.Read(json) switch
        {
            TIn input => input,
            null when default(TIn) is null => default!, // a chain that takes null says so in its shape
            var other => Convert(other, json),
        };
    }

    /// <summary>A shape that was declared apart from the type may read as another type: named values for a record, say.</summary>
    private static TIn Convert(object? value, JsonElement json)
    {
        try
        {
            var element = value is JsonElement same ? same : JsonSerializer.SerializeToElement(value, RuntimeJson.Options);
            return element.Deserialize<TIn>(RuntimeJson.Options)
                ?? throw new InvalidInputException([new InputError("value_error", [], $"Input should be a valid {typeof(TIn).Name}", json)]);
        }
        catch (JsonException)
        {
            throw new InvalidInputException([new InputError("value_error", [], $"Input should be a valid {typeof(TIn).Name}", json)]);
        }
    }
}
