using System.Text.Json;

namespace Serving.Endpoints.Tests.OpenApi;

/// <summary>An OpenAPI document as JSON, with what tests ask of it.</summary>
internal sealed class ApiDocument(JsonElement root)
{
    public JsonElement Root => root;

    public IEnumerable<(string Path, string Method, JsonElement Operation)> Operations =>
        from item in root.GetProperty("paths").EnumerateObject()
        from operation in item.Value.EnumerateObject()
        select (item.Name, operation.Name, operation.Value);

    public IEnumerable<string> SchemaNames => root.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name);

    public JsonElement Operation(string path, string method = "post") => root.GetProperty("paths").GetProperty(path).GetProperty(method);

    public JsonElement RequestSchema(string path) => Resolve(Operation(path).GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema"));

    public JsonElement RequestExample(string path) => Operation(path).GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");

    public JsonElement ResponseSchema(string path, string type = "application/json") =>
        Resolve(Operation(path).GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty(type).GetProperty("schema"));

    /// <summary>What a reference leads to, or the value itself if it is none.</summary>
    public JsonElement Resolve(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("$ref", out var reference))
            return value;
        var target = root;
        foreach (var step in reference.GetString()!.Split('/').Skip(1))
            Assert.True(target.TryGetProperty(step, out target), $"{reference} leads nowhere.");
        return Resolve(target);
    }

    public static IEnumerable<JsonElement> All(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => All(property.Value)).Prepend(value),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(All),
        _ => [],
    };

    /// <summary>Whether a value fits a schema: the keywords that the documents here have.</summary>
    public bool Fits(JsonElement value, JsonElement schema)
    {
        schema = Resolve(schema);
        return (!schema.TryGetProperty("type", out var type) || IsOfType(value, type.GetString()!))
            && (!schema.TryGetProperty("const", out var constant) || JsonElement.DeepEquals(value, constant))
            && (!schema.TryGetProperty("enum", out var values) || values.EnumerateArray().Any(known => JsonElement.DeepEquals(value, known)))
            && (!schema.TryGetProperty("anyOf", out var any) || any.EnumerateArray().Any(option => Fits(value, option)))
            && (!schema.TryGetProperty("oneOf", out var one) || one.EnumerateArray().Count(option => Fits(value, option)) == 1)
            && (!schema.TryGetProperty("required", out var required) || required.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)))
            && (!schema.TryGetProperty("items", out var items) || value.EnumerateArray().All(item => Fits(item, items)))
            && (!schema.TryGetProperty("properties", out var properties)
                || properties.EnumerateObject().All(property => !value.TryGetProperty(property.Name, out var held) || Fits(held, property.Value)));
    }

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() % 1 == 0,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind.ToString().Equals(type, StringComparison.OrdinalIgnoreCase),
    };
}
