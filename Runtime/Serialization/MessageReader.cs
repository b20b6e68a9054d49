using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Runtime.Serialization;

/// <summary>Reads what <see cref="MessageJson"/> writes.</summary>
internal static class MessageReader
{
    /// <summary>Makes a message of a well-formed object; <see cref="MessageShape"/> has checked it.</summary>
    public static ChatMessage Read(JsonElement json)
    {
        var type = json.GetProperty("type").GetString()!;
        var plain = MessageType.Plain(type);
        var message = new ChatMessage(RoleOf(plain, json), Contents(json, plain))
        {
            MessageId = Text(json, "id"),
            AuthorName = Text(json, "name"),
        };
        if (type != MessageType.Of(message))
            Keep(message, MessageType.Key, type);
        if (json.GetProperty("content") is { ValueKind: JsonValueKind.Array } blocks)
            Keep(message, "content", blocks);
        foreach (var property in json.EnumerateObject())
        {
            if (!MessageJson.Placed.Contains(property.Name) && !IsEmpty(property.Value))
                Keep(message, property.Name, property.Value);
        }

        return message;
    }

    private static ChatRole RoleOf(string plain, JsonElement json) => plain switch
    {
        MessageType.Human => ChatRole.User,
        MessageType.Assistant => ChatRole.Assistant,
        MessageType.System => ChatRole.System,
        MessageType.Tool => ChatRole.Tool,
        MessageType.Function => new ChatRole(MessageType.Function),
        _ => new ChatRole(json.GetProperty("role").GetString()!),
    };

    private static List<AIContent> Contents(JsonElement json, string plain)
    {
        var content = json.GetProperty("content");
        var contents = new List<AIContent>();
        if (plain == MessageType.Tool)
        {
            contents.Add(new FunctionResultContent(json.GetProperty("tool_call_id").GetString()!, content.ValueKind == JsonValueKind.String ? content.GetString() : content));
        }
        else if (content.ValueKind == JsonValueKind.String)
        {
            contents.Add(new TextContent(content.GetString()));
        }
        else
        {
            foreach (var block in content.EnumerateArray())
                contents.Add(Block(block));
        }

        if (json.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (var call in calls.EnumerateArray())
            {
                contents.Add(new FunctionCallContent(
                    Text(call, "id") ?? "",
                    Text(call, "name") ?? "",
                    call.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Object
                        ? ToolCallChunk.ReadArguments(args)
                        : null));
            }
        }

        return contents;
    }

    private static AIContent Block(JsonElement block)
    {
        if (block.ValueKind == JsonValueKind.String)
            return new TextContent(block.GetString());
        if (Text(block, "type") == "text")
            return new TextContent(Text(block, "text"));
        if (Text(block, "type") == "image_url" && block.TryGetProperty("image_url", out var image))
        {
            var url = image.ValueKind == JsonValueKind.String ? image.GetString() : Text(image, "url");
            if (url?.StartsWith("data:", StringComparison.OrdinalIgnoreCase) == true && TryData(url, out var data))
                return data;
            if (Uri.TryCreate(url, UriKind.Absolute, out var uri))
                return new UriContent(uri, "image/*");
        }

        return new AIContent { RawRepresentation = block };
    }

    private static bool TryData(string url, out DataContent data)
    {
        try
        {
            data = new DataContent(url);
            return true;
        }
        catch (Exception error) when (error is ArgumentException or UriFormatException)
        {
            data = null!; // not read when false is given
            return false;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static void Keep(ChatMessage message, string key, object? value) => (message.AdditionalProperties ??= [])[key] = value;
}
