using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serving.Runtime.Models;

/// <summary>Fills a JSON schema with words of the input.</summary>
internal sealed class OfflineJson(JsonElement root, IReadOnlyList<string> words, OfflineDice dice)
{
    // Deeper than this only what is required is filled in, so that schemas that contain themselves come to an end.
    private const int MaxDepth = 6;
    private const int HardDepth = 24;

    public JsonNode? Fill() => Fill(root, 0);

    private JsonNode? Fill(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > HardDepth)
            return schema.ValueKind == JsonValueKind.True ? Word() : null;
        if (schema.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String)
            return Fill(Resolve(reference.GetString()!), depth + 1);
        if (schema.TryGetProperty("const", out var constant))
            return Node(constant);
        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
            return Node(values[dice.Next(values.GetArrayLength())]);
        if (schema.TryGetProperty("anyOf", out var options) || schema.TryGetProperty("oneOf", out options))
            return Fill(Choose(options, depth), depth + 1);
        if (schema.TryGetProperty("allOf", out var all))
            return Merge(schema, all, depth);
        return TypeOf(schema, depth) switch
        {
            "object" => Object(schema, depth),
            "array" => Array(schema, depth),
            "integer" => (long)Number(schema, whole: true),
            "number" => Number(schema, whole: false),
            "boolean" => dice.Next(2) == 0,
            "null" => null,
            _ => Text(schema),
        };
    }

    private static string? TypeOf(JsonElement schema, int depth)
    {
        if (!schema.TryGetProperty("type", out var type))
            return schema.TryGetProperty("properties", out _) ? "object" : schema.TryGetProperty("items", out _) ? "array" : null;
        if (type.ValueKind != JsonValueKind.Array)
            return type.GetString();
        var names = type.EnumerateArray().Select(name => name.GetString()).ToList();
        return depth > MaxDepth && names.Contains("null") ? "null" : names.FirstOrDefault(name => name != "null") ?? "null";
    }

    private static JsonElement Choose(JsonElement options, int depth)
    {
        var all = options.EnumerateArray().ToList();
        var isNull = all.Where(option => option.ValueKind == JsonValueKind.Object && option.TryGetProperty("type", out var type) && type.ValueEquals("null"u8)).ToList();
        return depth > MaxDepth && isNull.Count > 0 ? isNull[0] : all.Except(isNull).FirstOrDefault(all.FirstOrDefault());
    }

    private JsonNode? Merge(JsonElement schema, JsonElement all, int depth)
    {
        var merged = schema.TryGetProperty("properties", out _) ? Object(schema, depth) : [];
        JsonNode? last = merged;
        foreach (var part in all.EnumerateArray())
        {
            last = Fill(part, depth + 1);
            if (last is not JsonObject properties)
                continue;
            foreach (var (name, value) in properties)
                merged[name] = value?.DeepClone();
        }

        return merged.Count > 0 ? merged : last;
    }

    private JsonObject Object(JsonElement schema, int depth)
    {
        var filled = new JsonObject();
        if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
            return filled;
        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        foreach (var property in properties.EnumerateObject())
        {
            if (depth <= MaxDepth || required.Contains(property.Name))
                filled[property.Name] = Fill(property.Value, depth + 1);
        }

        return filled;
    }

    private JsonArray Array(JsonElement schema, int depth)
    {
        var least = Integer(schema, "minItems") ?? 0;
        var most = Integer(schema, "maxItems") ?? long.MaxValue;
        var count = Math.Min(Math.Max(depth > MaxDepth ? 0 : 2, least), most);
        var items = new JsonArray();
        for (var i = 0; i < count; i++)
            items.Add(schema.TryGetProperty("items", out var item) ? Fill(item, depth + 1) : Word());
        return items;
    }

    private double Number(JsonElement schema, bool whole)
    {
        var step = whole ? 1 : 0;
        var least = Real(schema, "minimum") ?? Real(schema, "exclusiveMinimum") + step;
        var most = Real(schema, "maximum") ?? Real(schema, "exclusiveMaximum") - step;
        var from = least ?? Math.Min(0, most - 100 ?? 0);
        var to = most ?? from + 100;
        if (whole)
            return Math.Ceiling(from) + dice.Next((int)Math.Clamp(Math.Floor(to) - Math.Ceiling(from) + 1, 1, 1000));

        // Strictly between the bounds, so that it does not matter whether they are exclusive.
        return from + ((to - from) * (1 + dice.Next(99)) / 100);
    }

    private string Text(JsonElement schema)
    {
        if (schema.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String && Formatted(format.GetString()!) is { } formatted)
            return formatted;
        var text = Word();
        var least = Integer(schema, "minLength") ?? 0;
        while (text.Length < least)
            text += " " + Word();
        return Integer(schema, "maxLength") is { } most && text.Length > most ? text[..(int)most] : text;
    }

    private static string? Formatted(string format) => format switch
    {
        "date-time" => "2000-01-01T00:00:00Z",
        "date" => "2000-01-01",
        "time" => "00:00:00Z",
        "uuid" => "00000000-0000-0000-0000-000000000000",
        "uri" => "https://example.com/",
        "email" => "offline@example.com",
        _ => null,
    };

    private string Word() => words.Count == 0 ? "offline" : dice.Pick(words);

    private JsonElement Resolve(string reference)
    {
        var found = root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal), out found))
                return default;
        }

        return found;
    }

    private static JsonNode? Node(JsonElement value) => JsonSerializer.SerializeToNode(value, Serialization.RuntimeJson.Options);

    private static long? Integer(JsonElement schema, string name) => Real(schema, name) is { } value ? (long)Math.Clamp(value, 0, 1000) : null;

    private static double? Real(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
