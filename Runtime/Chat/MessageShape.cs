using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Serving.Runtime.Schemas;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Chat;

/// <summary>A message of any type; read as a <see cref="ChatMessage"/>. The forms <c>generic</c>, <c>{"role": …}</c> and <c>["human", "…"]</c> are taken too.</summary>
internal sealed class MessageShape : JsonShape
{
    private readonly IReadOnlyList<string> _types;

    public MessageShape(params IReadOnlyList<string> types) => _types = types.Count == 0 ? [.. MessageType.All] : types;

    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        result = null;
        if (Normalize(value) is not { } json)
            return reader.Fail("model_attributes_type", "Input should be a valid message: an object with type and content", value);
        var type = json.TryGetProperty("type", out var tag) && tag.ValueKind == JsonValueKind.String ? tag.GetString()! : null;
        if (type is null)
            return reader.FailAt("type", "missing", "Field required", value);
        if (!MessageType.IsKnown(type) || !_types.Contains(type))
        {
            return reader.Fail(
                "union_tag_invalid",
                $"Input tag '{type}' does not match any of the expected tags: {string.Join(", ", _types.Select(known => $"'{known}'"))}",
                value);
        }

        return CheckFields(json, MessageType.Plain(type), reader) && Accept(json, out result);
    }

    private static bool Accept(JsonElement json, out object? result)
    {
        result = MessageReader.Read(json);
        return true;
    }

    private static bool CheckFields(JsonElement json, string plain, ShapeReader reader)
    {
        var good = true;
        if (!json.TryGetProperty("content", out var content))
            good = reader.FailAt("content", "missing", "Field required", json);
        else if (content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            good = reader.FailAt("content", "string_type", "Input should be a valid string or a list of content blocks", content);
        else if (content.ValueKind == JsonValueKind.Array && content.EnumerateArray().Any(block => block.ValueKind is not (JsonValueKind.String or JsonValueKind.Object)))
            good = reader.FailAt("content", "string_type", "Content blocks should be strings or objects", content);
        if (plain == MessageType.Tool)
            good &= RequireText(json, "tool_call_id", reader);
        if (plain == MessageType.Function)
            good &= RequireText(json, "name", reader);
        if (plain == MessageType.Chat)
            good &= RequireText(json, "role", reader);
        foreach (var name in (ReadOnlySpan<string>)["name", "id"])
        {
            if (json.TryGetProperty(name, out var text) && text.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                good = reader.FailAt(name, "string_type", "Input should be a valid string", text);
        }

        foreach (var name in (ReadOnlySpan<string>)["additional_kwargs", "response_metadata"])
        {
            if (json.TryGetProperty(name, out var map) && map.ValueKind != JsonValueKind.Object)
                good = reader.FailAt(name, "dict_type", "Input should be a valid dictionary", map);
        }

        if (json.TryGetProperty("tool_calls", out var calls) && calls.ValueKind != JsonValueKind.Null
            && (calls.ValueKind != JsonValueKind.Array || calls.EnumerateArray().Any(call => call.ValueKind != JsonValueKind.Object)))
        {
            good = reader.FailAt("tool_calls", "list_type", "Input should be a valid list of tool calls", calls);
        }

        return good;
    }

    private static bool RequireText(JsonElement json, string name, ShapeReader reader)
    {
        if (!json.TryGetProperty(name, out var value))
            return reader.FailAt(name, "missing", "Field required", json);
        return (value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0)
            || reader.FailAt(name, "string_type", "Input should be a valid string that is not empty", value);
    }

    /// <summary>The message as an object with a type; null if it is nothing of the kind.</summary>
    private static JsonElement? Normalize(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.GetArrayLength() == 2 && value[0].ValueKind == JsonValueKind.String && value[1].ValueKind is JsonValueKind.String or JsonValueKind.Array
                ? Tagged(new JsonObject { ["content"] = Node(value[1]) }, value[0].GetString()!)
                : null;
        }

        if (value.ValueKind != JsonValueKind.Object)
            return null;
        if (!value.TryGetProperty("type", out var type))
        {
            return value.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String
                ? Tagged((JsonObject)Node(value)!, role.GetString()!)
                : value;
        }

        if (type.ValueKind != JsonValueKind.String || type.GetString() != "generic")
            return value;
        var generic = (JsonObject)Node(value)!;
        generic["type"] = MessageType.Chat;
        return Element(generic);
    }

    private static JsonElement Tagged(JsonObject message, string role)
    {
        message.Remove("role");
        switch (role)
        {
            case "user" or "human":
                message["type"] = MessageType.Human;
                break;
            case "assistant" or "ai":
                message["type"] = MessageType.Assistant;
                break;
            case "system" or "developer":
                message["type"] = MessageType.System;
                break;
            case "tool" or "function":
                message["type"] = role;
                break;
            default:
                message["type"] = MessageType.Chat;
                message["role"] = role;
                break;
        }

        return Element(message);
    }

    private static JsonNode? Node(JsonElement value) => JsonSerializer.SerializeToNode(value, RuntimeJson.Options);

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node, RuntimeJson.Options);

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => new()
    {
        ["oneOf"] = new JsonArray([.. _types.Select(type => (JsonNode)definitions.Reference(NameOf(type), () => Schema(type)))]),
    };

    private static string NameOf(string type) => type.EndsWith("Chunk", StringComparison.Ordinal)
        ? type
        : type switch { MessageType.Assistant => "AIMessage", _ => char.ToUpperInvariant(type[0]) + type[1..] + "Message" };

    private static JsonObject Schema(string type)
    {
        var properties = new JsonObject
        {
            ["content"] = new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    new JsonObject { ["type"] = "string" },
                    new JsonObject
                    {
                        ["type"] = "array",
                        ["items"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "object" }) },
                    }),
            },
            ["additional_kwargs"] = new JsonObject { ["type"] = "object" },
            ["response_metadata"] = new JsonObject { ["type"] = "object" },
            ["type"] = new JsonObject { ["const"] = type, ["default"] = type, ["type"] = "string" },
            ["name"] = NullableText(),
            ["id"] = NullableText(),
        };
        JsonArray required = ["content", "type"];
        switch (MessageType.Plain(type))
        {
            case MessageType.Assistant:
                properties["tool_calls"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" }, ["default"] = new JsonArray() };
                properties["usage_metadata"] = new JsonObject
                {
                    ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "object" }, new JsonObject { ["type"] = "null" }),
                    ["default"] = null,
                };
                break;
            case MessageType.Tool:
                properties["tool_call_id"] = new JsonObject { ["type"] = "string" };
                required.Add("tool_call_id");
                break;
            case MessageType.Chat:
                properties["role"] = new JsonObject { ["type"] = "string" };
                required.Add("role");
                break;
        }

        return new JsonObject
        {
            ["additionalProperties"] = true,
            ["properties"] = properties,
            ["required"] = required,
            ["title"] = NameOf(type),
            ["type"] = "object",
        };
    }

    private static JsonObject NullableText() => new()
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "null" }),
        ["default"] = null,
    };
}
