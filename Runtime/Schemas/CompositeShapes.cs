using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Schemas;

internal sealed class ArrayShape(JsonShape items) : JsonShape
{
    public JsonShape Items => items;

    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        if (value.ValueKind != JsonValueKind.Array)
            return reader.Fail("list_type", "Input should be a valid list", value);
        var list = new List<object?>(value.GetArrayLength());
        var good = true;
        foreach (var item in value.EnumerateArray())
        {
            reader.Enter(list.Count);
            good &= items.TryRead(item, reader, out var read);
            reader.Leave();
            list.Add(read);
        }

        result = list;
        return good;
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) =>
        new() { ["items"] = items.Write(definitions), ["type"] = "array" };
}

/// <summary>An object with known properties; read as <see cref="ChainValues"/>, or as <paramref name="type"/> if there is one.</summary>
internal sealed class ObjectShape(string name, IReadOnlyList<ShapeProperty> properties, Type? type) : JsonShape
{
    // Nearly always, and then what is read needs no second look.
    private readonly bool _isDistinct = properties.DistinctBy(property => property.Name, StringComparer.Ordinal).Count() == properties.Count;

    public string Name => name;

    public IReadOnlyList<ShapeProperty> Properties => properties;

    /// <summary>Whether properties it does not know are kept, each as the plainest .NET value, instead of dropped.</summary>
    public bool KeepsOthers { get; init; }

    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        if (value.ValueKind != JsonValueKind.Object)
            return reader.Fail("model_type", $"Input should be a valid dictionary or instance of {name}", value);
        var items = new List<KeyValuePair<string, object?>>(properties.Count);
        var good = true;
        var coerced = reader.Coerced;
        reader.Coerced = false;
        foreach (var property in properties)
        {
            if (value.TryGetProperty(property.Name, out var given))
            {
                reader.Enter(property.Name);
                good &= property.Shape.TryRead(given, reader, out var read);
                reader.Leave();
                items.Add(new(property.Name, given.ValueKind == JsonValueKind.Null ? null : read));
            }
            else if (property.Required)
            {
                good = reader.FailAt(property.Name, "missing", "Field required", value);
            }
            else if (property.HasDefault)
            {
                items.Add(new(property.Name, property.Default));
            }
        }

        if (KeepsOthers)
        {
            items.AddRange(value.EnumerateObject()
                .Where(property => properties.All(known => known.Name != property.Name))
                .Select(property => KeyValuePair.Create(property.Name, DictionaryShape.Natural(property.Value))));
        }

        if (good)
            result = type is not null ? Materialize(value, items, reader) : _isDistinct && !KeepsOthers ? ChainValues.FromDistinct(items) : ChainValues.From(items);
        reader.Coerced |= coerced;
        return good && (type is null || result is not null);
    }

    private object? Materialize(JsonElement value, List<KeyValuePair<string, object?>> items, ShapeReader reader)
    {
        try
        {
            var json = reader.Coerced ? JsonSerializer.SerializeToElement(ChainValues.From(items), RuntimeJson.Options) : value;
            return json.Deserialize(type!, RuntimeJson.Options);
        }
        catch (JsonException error)
        {
            // What the shape lets pass and the type does not: a number out of range, a converter of the type's own.
            reader.Fail("value_error", $"Input should be a valid {name}, at {error.Path ?? "$"}", value);
            return null;
        }
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions)
    {
        var schema = new JsonObject
        {
            ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Name, (JsonNode?)property.Write(definitions)))),
            ["title"] = name,
            ["type"] = "object",
        };
        if (properties.Any(property => property.Required))
            schema["required"] = new JsonArray([.. properties.Where(property => property.Required).Select(property => (JsonNode)property.Name)]);
        return schema;
    }
}

internal sealed class UnionShape(IReadOnlyList<JsonShape> options) : JsonShape
{
    public IReadOnlyList<JsonShape> Options => options;

    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        // An option that fits exactly goes before one that fits only by coercion.
        var before = reader.Branch();
        var coerced = reader.Coerced;
        object? fallback = null;
        var found = false;
        foreach (var option in options)
        {
            reader.Coerced = false;
            if (!option.TryRead(value, reader, out result))
                continue;
            if (!reader.Coerced)
            {
                reader.Join(before, keepNew: false);
                reader.Coerced = coerced;
                return true;
            }

            if (!found)
                fallback = result;
            found = true;
        }

        if (!found)
            KeepDeepest(reader.Errors);
        reader.Join(before, keepNew: !found);
        reader.Coerced = coerced | found;
        result = fallback;
        return found;
    }

    /// <summary>The option that fits the farthest is the one that was meant: what the others miss would only hide what is wrong.</summary>
    private static void KeepDeepest(List<InputError> errors)
    {
        var depth = errors.Count == 0 ? 0 : errors.Max(error => error.Location.Count);
        errors.RemoveAll(error => error.Location.Count < depth);
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) =>
        new() { ["anyOf"] = new JsonArray([.. options.Select(option => (JsonNode)option.Write(definitions))]) };
}

internal sealed class NamedShape(string name, JsonShape inner) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result) => inner.TryRead(value, reader, out result);

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => definitions.Reference(name, () =>
    {
        var schema = inner.Write(definitions);
        schema["title"] = name;
        return schema;
    });
}

/// <summary>Null, or a value of another shape.</summary>
internal sealed class NullableShape(JsonShape inner) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        return value.ValueKind == JsonValueKind.Null || inner.TryRead(value, reader, out result);
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) =>
        new() { ["anyOf"] = new JsonArray(inner.Write(definitions), new JsonObject { ["type"] = "null" }) };
}
