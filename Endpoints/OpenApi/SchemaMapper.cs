using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Serving.Endpoints.OpenApi;

/// <summary>JSON schemas, with the keywords that shapes write, as the document's model has them.</summary>
internal static class SchemaMapper
{
    public static IOpenApiSchema Map(JsonObject schema, OpenApiDocument document)
    {
        if (schema["$ref"] is { } reference)
        {
            var mapped = new OpenApiSchemaReference(reference.GetValue<string>()[SchemaComponents.Prefix.Length..], document);
            if (Text(schema, "description") is { } description)
                mapped.Description = description;
            return mapped;
        }

        var result = new OpenApiSchema
        {
            Title = Text(schema, "title"),
            Description = Text(schema, "description"),
            Format = Text(schema, "format"),
            // A null default says no more than that the value may be left out.
            Default = schema["default"]?.DeepClone(),
            AnyOf = Schemas("anyOf"),
            OneOf = Schemas("oneOf"),
            Enum = schema["enum"] is JsonArray values ? [.. values.Select(value => value!.DeepClone())] : null,
            Examples = schema["examples"] is JsonArray examples ? [.. examples.Select(example => example?.DeepClone() ?? JsonNullSentinel.JsonNull)] : null,
            Required = schema["required"] is JsonArray required ? required.Select(name => name!.GetValue<string>()).ToHashSet(StringComparer.Ordinal) : null,
            Properties = (schema["properties"] as JsonObject)?.ToDictionary(pair => pair.Key, pair => Map((JsonObject)pair.Value!, document), StringComparer.Ordinal),
            Items = schema["items"] is JsonObject items ? Map(items, document) : null,
        };
        if (Text(schema, "type") is { } type)
            result.Type = TypeOf(type);
        // Set to null, it would say that the value must be null.
        if (Text(schema, "const") is { } constant)
            result.Const = constant;
        switch (schema["additionalProperties"])
        {
            case JsonObject additional:
                result.AdditionalProperties = Map(additional, document);
                break;
            case JsonValue flag when flag.GetValueKind() == JsonValueKind.False:
                result.AdditionalPropertiesAllowed = false;
                break;
        }

        return result;

        IList<IOpenApiSchema>? Schemas(string keyword) =>
            schema[keyword] is JsonArray options ? [.. options.Select(option => Map((JsonObject)option!, document))] : null;
    }

    private static string? Text(JsonObject schema, string keyword) => schema[keyword]?.GetValue<string>();

    private static JsonSchemaType TypeOf(string type) => type switch
    {
        "array" => JsonSchemaType.Array,
        "boolean" => JsonSchemaType.Boolean,
        "integer" => JsonSchemaType.Integer,
        "null" => JsonSchemaType.Null,
        "number" => JsonSchemaType.Number,
        "object" => JsonSchemaType.Object,
        "string" => JsonSchemaType.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
