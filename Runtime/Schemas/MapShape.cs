using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Schemas;

/// <summary>An object of any names whose values have one shape; read as <paramref name="type"/>.</summary>
internal sealed class MapShape(JsonShape values, Type type) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        if (value.ValueKind != JsonValueKind.Object)
            return reader.Fail("dict_type", "Input should be a valid dictionary", value);
        var coerced = reader.Coerced;
        reader.Coerced = false;
        var items = new List<KeyValuePair<string, object?>>();
        var good = true;
        foreach (var property in value.EnumerateObject())
        {
            reader.Enter(property.Name);
            good &= values.TryRead(property.Value, reader, out var read);
            reader.Leave();
            items.Add(new(property.Name, read));
        }

        if (good)
        {
            try
            {
                var json = reader.Coerced ? JsonSerializer.SerializeToElement(ChainValues.From(items), RuntimeJson.Options) : value;
                result = json.Deserialize(type, RuntimeJson.Options);
            }
            catch (JsonException error)
            {
                // What the shape lets pass and the type does not, such as a name that is no valid key.
                good = reader.Fail("value_error", $"Input should be a valid dictionary, at {error.Path ?? "$"}", value);
            }
        }

        reader.Coerced |= coerced;
        return good;
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) =>
        new() { ["additionalProperties"] = values.Write(definitions), ["type"] = "object" };
}
