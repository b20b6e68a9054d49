using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;
using Serving.Runtime.Errors;

namespace Serving.Providers.OpenAi;

/// <summary>
/// Writes messages. A content that cannot be written is an error. Left out are what a model told about an answer (usage, its reasoning) and the
/// messages' own additional properties: providers refuse them in a prompt.
/// </summary>
internal static class MessageBody
{
    public static void WriteInstructions(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, "system"u8);
        writer.WriteString("content"u8, text);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ChatMessage message)
    {
        message = MessageContents.Joined(message);
        var contents = message.Contents;
        var results = MessageContents.Count<FunctionResultContent>(contents);
        if (message.Role == ChatRole.Tool && (results == 0 || results < contents.Count))
            throw new InvalidInputException("A message of the role 'tool' holds results of tools, each with the id of its call, and nothing else.");
        for (var i = 0; results > 0 && i < contents.Count; i++)
        {
            if (contents[i] is FunctionResultContent result)
                WriteResult(writer, message, result);
        }

        if (message.Role == ChatRole.Tool || (results > 0 && results == contents.Count))
            return;

        writer.WriteStartObject();
        writer.WriteString("role"u8, message.Role.Value);
        if (message.AuthorName is { Length: > 0 } name)
            writer.WriteString("name"u8, name);
        WriteContent(writer, message);
        WriteCalls(writer, message);
        writer.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter writer, ChatMessage message)
    {
        var contents = message.Contents;
        var texts = MessageContents.Count<TextContent>(contents);
        var calls = MessageContents.Count<FunctionCallContent>(contents);
        var untold = MessageContents.Count<TextReasoningContent>(contents) + MessageContents.Count<UsageContent>(contents) + MessageContents.Count<FunctionResultContent>(contents);
        var parts = texts + calls + untold < contents.Count;
        if (texts == 0 && !parts)
        {
            if (calls == 0)
                writer.WriteString("content"u8, ""u8);
        }
        else if (!parts && (texts == 1 || message.Role != ChatRole.User))
        {
            writer.WriteString("content"u8, message.Text);
        }
        else
        {
            writer.WriteStartArray("content"u8);
            for (var i = 0; i < contents.Count; i++)
                WritePart(writer, contents[i]);
            writer.WriteEndArray();
        }
    }

    private static void WritePart(Utf8JsonWriter writer, AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "text"u8);
                writer.WriteString("text"u8, text.Text);
                writer.WriteEndObject();
                break;
            case DataContent image when image.HasTopLevelMediaType("image"):
                WriteImage(writer, image.Uri, content);
                break;
            case UriContent image when image.HasTopLevelMediaType("image"):
                WriteImage(writer, image.Uri.OriginalString, content);
                break;
            case DataContent sound when sound.HasTopLevelMediaType("audio"):
                Start(writer, "input_audio"u8);
                writer.WriteString("data"u8, sound.Base64Data.Span);
                writer.WriteString("format"u8, sound.MediaType is "audio/mpeg" or "audio/mp3" ? "mp3" : sound.MediaType["audio/".Length..]);
                End(writer);
                break;
            case DataContent file:
                Start(writer, "file"u8);
                writer.WriteString("filename"u8, file.Name ?? "file");
                writer.WriteString("file_data"u8, file.Uri);
                End(writer);
                break;
            case HostedFileContent file:
                Start(writer, "file"u8);
                writer.WriteString("file_id"u8, file.FileId);
                End(writer);
                break;
            case TextReasoningContent or UsageContent or FunctionCallContent or FunctionResultContent:
                break;
            // A block of the wire that Microsoft.Extensions.AI has no class for.
            case { RawRepresentation: JsonElement { ValueKind: JsonValueKind.Object } block }:
                block.WriteTo(writer);
                break;
            case UriContent link:
                throw new InvalidInputException($"A message links to content of the type '{link.MediaType}'; this provider takes links to images only. Send its bytes.");
            default:
                throw new InvalidInputException($"A message has a content of the kind '{content.GetType().Name}', which this provider does not take.");
        }
    }

    private static void WriteImage(Utf8JsonWriter writer, string url, AIContent content)
    {
        Start(writer, "image_url"u8);
        writer.WriteString("url"u8, url);
        if (content.AdditionalProperties?.TryGetValue("detail", out var detail) == true && detail is not null)
            writer.WriteString("detail"u8, detail.ToString());
        End(writer);
    }

    private static void Start(Utf8JsonWriter writer, ReadOnlySpan<byte> type)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteStartObject(type);
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter writer, ChatMessage message)
    {
        var contents = message.Contents;
        if (MessageContents.Count<FunctionCallContent>(contents) == 0)
            return;
        writer.WriteStartArray("tool_calls"u8);
        for (var i = 0; i < contents.Count; i++)
        {
            if (contents[i] is not FunctionCallContent call)
                continue;
            writer.WriteStartObject();
            writer.WriteString("id"u8, call.CallId);
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            writer.WriteString("name"u8, call.Name);
            writer.WriteString("arguments"u8, call.Arguments is null ? call.RawRepresentation as string ?? "{}" : JsonBuffer.Text(call.Arguments));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter writer, ChatMessage message, FunctionResultContent result)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, "tool"u8);
        if (message.AuthorName is { Length: > 0 } name)
            writer.WriteString("name"u8, name);
        writer.WriteString("tool_call_id"u8, result.CallId);
        writer.WriteString("content"u8, MessageContents.TextOf(result));
        writer.WriteEndObject();
    }
}
