using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serving.Simulator.Answers;

/// <summary>A value that fits a JSON schema, always the same one.</summary>
internal static class SchemaSample
{
    private const int Deepest = 16;

    public static JsonNode? Of(JsonElement schema, string text, int depth = 0)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest)
            return null;
        if (schema.TryGetProperty("const", out var only))
            return JsonNode.Parse(only.GetRawText());
        if (IsFilled(schema, "enum", out var choices))
            return JsonNode.Parse(choices[0].GetRawText());
        foreach (var alternative in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (IsFilled(schema, alternative, out var ways))
                return Of(ways[0], text, depth + 1);
        }

        return TypeOf(schema) switch
        {
            "object" => Object(schema, text, depth),
            "array" => schema.TryGetProperty("items", out var items) ? new JsonArray(Of(items, text, depth + 1)) : [],
            "integer" or "number" => schema.TryGetProperty("minimum", out var least) ? JsonNode.Parse(least.GetRawText()) : JsonValue.Create(1),
            "boolean" => JsonValue.Create(true),
            "null" => null,
            _ => JsonValue.Create(text),
        };
    }

    private static bool IsFilled(JsonElement schema, string name, out JsonElement array) =>
        schema.TryGetProperty(name, out array) && array.ValueKind == JsonValueKind.Array && array.GetArrayLength() > 0;

    private static string? TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
            return schema.TryGetProperty("properties", out _) ? "object" : null;
        return type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0 ? type[0].GetString() : type.ValueKind == JsonValueKind.String ? type.GetString() : null;
    }

    private static JsonObject Object(JsonElement schema, string text, int depth)
    {
        var value = new JsonObject();
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
                value[property.Name] = Of(property.Value, text, depth + 1);
        }

        return value;
    }
}
