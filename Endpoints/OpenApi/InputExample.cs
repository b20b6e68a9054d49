using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Endpoints.Options;
using Serving.Runtime.Schemas;
using Serving.Runtime.Serialization;

namespace Serving.Endpoints.OpenApi;

/// <summary>An input to show: the one the chain's owner gave, else the smallest that its shape takes.</summary>
internal static class InputExample
{
    /// <summary>Null if none could be made that the shape takes.</summary>
    public static JsonNode? Of(JsonShape shape, ChainOptions options)
    {
        if (options.ExampleInput is not null)
            return Node(options.ExampleInput);
        var schema = shape.ToSchema();
        var example = Make(schema, schema["$defs"] as JsonObject ?? [], depth: 0);
        return shape.TryRead(JsonSerializer.SerializeToElement(example, RuntimeJson.Options), out _, out _) ? example : null;
    }

    private static JsonNode? Node(object value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            JsonValues.Write(writer, value, RuntimeJson.Options);
        stream.Position = 0;
        return JsonNode.Parse(stream);
    }

    private static JsonNode? Make(JsonObject schema, JsonObject definitions, int depth)
    {
        const int deepest = 16; // a definition that refers to itself has no smallest example otherwise
        if (depth > deepest)
            return null;
        if (schema["default"] is { } given)
            return given.DeepClone();
        if (schema["const"] is { } constant)
            return constant.DeepClone();
        if (schema["enum"] is JsonArray { Count: > 0 } values)
            return values[0]!.DeepClone();
        if (schema["$ref"] is { } reference)
            return Make(Definition(reference, definitions), definitions, depth + 1);
        if ((schema["anyOf"] ?? schema["oneOf"]) is JsonArray { Count: > 0 } options)
            return Make(Preferred(options, definitions), definitions, depth + 1);
        return schema["type"]?.GetValue<string>() switch
        {
            "integer" or "number" => 1,
            "boolean" => true,
            "null" => null,
            "array" => schema["items"] is JsonObject items ? new JsonArray(Make(items, definitions, depth + 1)) : new JsonArray(),
            "object" => MakeObject(schema, definitions, depth),
            _ => schema["format"]?.GetValue<string>() switch
            {
                "uuid" => "12345678-1234-5678-1234-567812345678",
                "date-time" => "2030-01-02T03:04:05Z",
                "uri" => "https://example.com/",
                _ => "text",
            },
        };
    }

    private static JsonObject MakeObject(JsonObject schema, JsonObject definitions, int depth)
    {
        var required = schema["required"] as JsonArray ?? [];
        var example = new JsonObject();
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            var value = (JsonObject)property!;
            if (value["default"] is not null || required.Any(item => item!.GetValue<string>() == name))
                example[name] = Make(value, definitions, depth + 1);
        }

        return example;
    }

    /// <summary>The first option, but a person's message before any other.</summary>
    private static JsonObject Preferred(JsonArray options, JsonObject definitions)
    {
        var all = options.Select(option => (JsonObject)option!).ToList();
        return all.Find(option => option["$ref"] is { } reference && Definition(reference, definitions)["title"]?.GetValue<string>() == "HumanMessage") ?? all[0];
    }

    private static JsonObject Definition(JsonNode reference, JsonObject definitions) => (JsonObject)definitions[reference.GetValue<string>()["#/$defs/".Length..]]!;
}
