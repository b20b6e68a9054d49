using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Providers.Wire;

/// <summary>Contents of messages, as every provider needs them.</summary>
internal static class MessageContents
{
    /// <summary>The key of a text's additional properties that tells it is a refusal.</summary>
    private const string RefusalKey = "refusal";

    public static TextContent Refusal(string text) => new(text) { AdditionalProperties = new() { [RefusalKey] = true } };

    // Called several times for every message: an enumerator of a list by its interface would be allocated each time.
    public static int Count<TContent>(IList<AIContent> contents)
        where TContent : AIContent
    {
        var count = 0;
        for (var i = 0; i < contents.Count; i++)
        {
            if (contents[i] is TContent)
                count++;
        }

        return count;
    }

    /// <summary>The message with pieces of tool calls put together, and pieces of its text.</summary>
    public static ChatMessage Joined(ChatMessage message)
    {
        if (Count<ToolCallChunk>(message.Contents) == 0)
            return message;
        var joined = AssistantMessage.Concat([.. message.Contents.Select(content => new AssistantMessage([content]))]).ToChatMessage();
        joined.Role = message.Role;
        joined.AuthorName = message.AuthorName;
        return joined;
    }

    /// <summary>What a tool gave, as text. An exception's own text stays here.</summary>
    public static string TextOf(FunctionResultContent result) => result.Result switch
    {
        string text => text,
        null => result.Exception is null ? "" : "Error: the tool failed.",
        TextContent text => text.Text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString() ?? "",
        var value => JsonBuffer.Text(value),
    };

    /// <summary>A whole call. If its arguments are no JSON object, it has none, the text as its raw form, and an exception that says so.</summary>
    public static FunctionCallContent CallOf(ToolCallChunk call)
    {
        var content = new FunctionCallContent(call.CallId ?? "", call.Name ?? "") { RawRepresentation = call.Arguments };
        try
        {
            using var json = JsonDocument.Parse(string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("The arguments of a tool call are no JSON object.");
            var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var argument in json.RootElement.EnumerateObject())
                arguments[argument.Name] = argument.Value.Clone();
            content.Arguments = arguments;
        }
        catch (JsonException error)
        {
            content.Exception = error;
        }

        return content;
    }
}
