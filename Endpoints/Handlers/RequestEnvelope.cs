using System.Text.Json;
using Serving.Runtime.Errors;
using Serving.Runtime.Schemas;

namespace Serving.Endpoints.Handlers;

/// <summary>What stands around the inputs of a request.</summary>
internal static class RequestEnvelope
{
    /// <summary>The input and config of invoke and the streams.</summary>
    /// <exception cref="InvalidInputException">The body has not this form.</exception>
    public static (JsonElement Input, JsonElement? Config) Read(JsonElement body)
    {
        RequireObject(body, "InvokeRequest");
        if (!body.TryGetProperty("input"u8, out var input))
            throw Missing("input", body);
        return (input, Config(body));
    }

    /// <summary>The inputs of a batch, their configs, and whether failures stand in their places.</summary>
    /// <exception cref="InvalidInputException">The body has not this form.</exception>
    public static (JsonElement Inputs, IReadOnlyList<JsonElement?> Configs, bool ReturnErrors) ReadBatch(JsonElement body)
    {
        RequireObject(body, "BatchRequest");
        if (!body.TryGetProperty("inputs"u8, out var inputs))
            throw Missing("inputs", body);
        if (inputs.ValueKind != JsonValueKind.Array)
            throw Problem("list_type", ["inputs"], "Input should be a valid list", inputs);
        var count = inputs.GetArrayLength();
        var returnErrors = IsTrue(body) || (body.TryGetProperty("kwargs"u8, out var kwargs) && kwargs.ValueKind == JsonValueKind.Object && IsTrue(kwargs));
        if (!body.TryGetProperty("config"u8, out var config) || config.ValueKind != JsonValueKind.Array)
        {
            var same = Config(body);
            return (inputs, same is null ? new JsonElement?[count] : [.. Enumerable.Repeat(same, count)], returnErrors);
        }

        if (config.GetArrayLength() != count)
            throw new InvalidInputException($"Number of configs ({config.GetArrayLength()}) must match number of inputs ({count})");
        var configs = new List<JsonElement?>(count);
        foreach (var item in config.EnumerateArray())
        {
            configs.Add(item.ValueKind switch
            {
                JsonValueKind.Object => item,
                JsonValueKind.Null => null,
                _ => throw Problem("dict_type", ["config", configs.Count], "Input should be a valid dictionary", item),
            });
        }

        return (inputs, configs, returnErrors);
    }

    /// <summary>A filter of the event streams: null or a list of strings.</summary>
    public static IReadOnlyList<string>? ReadFilter(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var filter) || filter.ValueKind == JsonValueKind.Null)
            return null;
        if (filter.ValueKind == JsonValueKind.String)
            throw Problem("sequence_str", [name], "'str' instances are not allowed as a Sequence value", filter);
        if (filter.ValueKind != JsonValueKind.Array)
            throw Problem("is_instance_of", [name], "Input should be an instance of Sequence", filter);
        var values = new List<string>();
        foreach (var item in filter.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                throw Problem("string_type", [name, values.Count], "Input should be a valid string", item);
            values.Add(item.GetString()!);
        }

        return values;
    }

    private static JsonElement? Config(JsonElement body)
    {
        if (!body.TryGetProperty("config"u8, out var config) || config.ValueKind == JsonValueKind.Null)
            return null;
        return config.ValueKind == JsonValueKind.Object ? config : throw Problem("dict_type", ["config"], "Input should be a valid dictionary", config);
    }

    private static bool IsTrue(JsonElement holder) => holder.TryGetProperty("return_exceptions"u8, out var flag) && flag.ValueKind == JsonValueKind.True;

    private static void RequireObject(JsonElement body, string name)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw Problem("model_type", [], $"Input should be a valid dictionary or instance of {name}", body);
    }

    private static InvalidInputException Missing(string name, JsonElement body) => Problem("missing", [name], "Field required", body);

    private static InvalidInputException Problem(string type, IReadOnlyList<object> location, string message, JsonElement input) =>
        new([new InputError(type, location, message, input)]);
}
