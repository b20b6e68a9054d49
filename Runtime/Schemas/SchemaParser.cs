using System.Text.Json;

namespace Serving.Runtime.Schemas;

/// <summary>Makes shapes of JSON schemas, as tools and structured output declare them.</summary>
internal sealed class SchemaParser
{
    private readonly JsonElement _root;

    private SchemaParser(JsonElement root) => _root = root;

    public static JsonShape Parse(JsonElement schema) => new SchemaParser(schema).Parse(schema, "object");

    private JsonShape Parse(JsonElement schema, string name)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            return JsonShape.Any;
        if (schema.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String)
            return new ReferredShape(reference.GetString()!, this);
        if (schema.TryGetProperty("title", out var title) && title.ValueKind == JsonValueKind.String)
            name = title.GetString()!;
        var shape = ParseType(schema, name);
        return schema.TryGetProperty("description", out var description) && description.ValueKind == JsonValueKind.String
            ? new DescribedShape(shape, description.GetString()!)
            : shape;
    }

    private JsonShape ParseType(JsonElement schema, string name)
    {
        if (schema.TryGetProperty("enum", out var values) && values.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String))
            return new EnumShape(name, [.. values.EnumerateArray().Select(value => value.GetString()!)]);
        if (schema.TryGetProperty("anyOf", out var options) || schema.TryGetProperty("oneOf", out options))
            return new UnionShape([.. options.EnumerateArray().Select(option => Parse(option, name))]);
        if (!schema.TryGetProperty("type", out var type))
            return schema.TryGetProperty("properties", out _) ? ParseObject(schema, name) : JsonShape.Any;
        return type.ValueKind == JsonValueKind.Array
            ? new UnionShape([.. type.EnumerateArray().Select(item => OfType(schema, item.GetString()!, name))])
            : OfType(schema, type.GetString()!, name);
    }

    private JsonShape OfType(JsonElement schema, string type, string name) => type switch
    {
        "string" => JsonShape.String,
        "integer" => JsonShape.Integer,
        "number" => JsonShape.Number,
        "boolean" => JsonShape.Boolean,
        "null" => new NullShape(),
        "array" => new ArrayShape(schema.TryGetProperty("items", out var items) ? Parse(items, name) : JsonShape.Any),
        "object" => schema.TryGetProperty("properties", out _) ? ParseObject(schema, name) : JsonShape.Dictionary,
        _ => JsonShape.Any,
    };

    private ObjectShape ParseObject(JsonElement schema, string name)
    {
        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(item => item.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        var properties = schema.GetProperty("properties").EnumerateObject().Select(property =>
        {
            var value = default(JsonElement);
            var hasDefault = property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("default", out value);
            return new ShapeProperty(property.Name, Parse(property.Value, property.Name))
            {
                Required = required.Contains(property.Name),
                HasDefault = hasDefault,
                Default = hasDefault ? Plain(value) : null,
            };
        });
        return new ObjectShape(name, [.. properties], null);
    }

    private static object? Plain(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : DictionaryShape.Natural(value);

    /// <summary>The part of the document a reference such as <c>#/$defs/Address</c> points to; nothing if it points nowhere in it.</summary>
    private JsonElement Resolve(string reference)
    {
        var target = _root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal), out target))
                return default;
        }

        return target;
    }

    /// <summary>A shape defined elsewhere in its schema; read when it is first needed, since definitions may refer to each other.</summary>
    private sealed class ReferredShape(string reference, SchemaParser parser) : JsonShape
    {
        private readonly string _name = reference[(reference.LastIndexOf('/') + 1)..];
        private JsonShape? _target;

        private JsonShape Target => _target ??= parser.Parse(parser.Resolve(reference), _name);

        internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result) => Target.TryRead(value, reader, out result);

        private protected override System.Text.Json.Nodes.JsonObject WriteCore(SchemaDefinitions definitions) =>
            definitions.Reference(_name, () => Target.Write(definitions));
    }

    private sealed class DescribedShape : JsonShape
    {
        private readonly JsonShape _inner;

        public DescribedShape(JsonShape inner, string description)
        {
            _inner = inner;
            Description = description;
        }

        internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result) => _inner.TryRead(value, reader, out result);

        private protected override System.Text.Json.Nodes.JsonObject WriteCore(SchemaDefinitions definitions) => _inner.Write(definitions);
    }
}
