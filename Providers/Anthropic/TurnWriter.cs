using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;
using Serving.Runtime.Errors;

namespace Serving.Providers.Anthropic;

/// <summary>
/// Writes messages as turns. Results of tools in messages that follow each other are one turn. Thinking goes back as it came; what has no signature did
/// not come from here and is left out, as are usage and empty texts, which the provider refuses.
/// </summary>
internal sealed class TurnWriter(Utf8JsonWriter writer)
{
    private ChatRole? _role;
    private bool _isOpen;
    private string? _thinking;

    public void Write(ChatMessage message)
    {
        message = MessageContents.Joined(message);
        if (message.Role != ChatRole.User && message.Role != ChatRole.Assistant && message.Role != ChatRole.Tool)
            throw new InvalidInputException($"A message has the role '{message.Role.Value}', which this provider does not take.");
        var contents = message.Contents;
        if (message.Role == ChatRole.Tool && (contents.Count == 0 || MessageContents.Count<FunctionResultContent>(contents) < contents.Count))
            throw new InvalidInputException("A message of the role 'tool' holds results of tools, each with the id of its call, and nothing else.");
        if (message.Role != ChatRole.Tool || _role != ChatRole.Tool)
            Close();
        _role = message.Role;
        _thinking = null;
        for (var i = 0; i < contents.Count; i++)
            Write(contents[i]);
    }

    /// <summary>Ends the last turn.</summary>
    public void Close()
    {
        if (!_isOpen)
            return;
        writer.WriteEndArray();
        writer.WriteEndObject();
        _isOpen = false;
    }

    private void Write(AIContent content)
    {
        switch (content)
        {
            case TextReasoningContent thinking when _role == ChatRole.Assistant:
                WriteThinking(thinking);
                return;
            case TextReasoningContent or UsageContent or TextContent { Text: "" }:
                return;
            case TextContent text:
                Open("text"u8);
                writer.WriteString("text"u8, text.Text);
                break;
            case DataContent data:
                WriteData(data);
                break;
            case UriContent link:
                WriteLink(link);
                break;
            case FunctionCallContent call:
                Open("tool_use"u8);
                writer.WriteString("id"u8, call.CallId);
                writer.WriteString("name"u8, call.Name);
                writer.WritePropertyName("input"u8);
                if (call.Arguments is null)
                    writer.WriteRawValue("{}"u8);
                else
                    JsonBuffer.WriteValue(writer, call.Arguments);
                break;
            case FunctionResultContent result:
                Open("tool_result"u8);
                writer.WriteString("tool_use_id"u8, result.CallId);
                if (result.Exception is not null)
                    writer.WriteBoolean("is_error"u8, true);
                writer.WriteString("content"u8, MessageContents.TextOf(result));
                break;
            // A block of the wire that Microsoft.Extensions.AI has no class for.
            case { RawRepresentation: JsonElement { ValueKind: JsonValueKind.Object } block }:
                OpenTurn();
                block.WriteTo(writer);
                return;
            default:
                throw new InvalidInputException($"A message has a content of the kind '{content.GetType().Name}', which this provider does not take.");
        }

        writer.WriteEndObject();
    }

    /// <summary>Thinking may have come in pieces, of which the last has the signature.</summary>
    private void WriteThinking(TextReasoningContent thinking)
    {
        if (Thinking.IsRedacted(thinking))
        {
            Open("redacted_thinking"u8);
            writer.WriteString("data"u8, thinking.ProtectedData);
            writer.WriteEndObject();
            return;
        }

        _thinking += thinking.Text;
        if (thinking.ProtectedData is not { Length: > 0 } signature)
            return;
        Open("thinking"u8);
        writer.WriteString("thinking"u8, _thinking);
        writer.WriteString("signature"u8, signature);
        writer.WriteEndObject();
        _thinking = null;
    }

    private void WriteData(DataContent data)
    {
        var isText = data.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase);
        Open(BlockFor(data.MediaType, isText) ?? throw new InvalidInputException(
            $"A message has content of the type '{data.MediaType}'; this provider takes images, PDF and plain text."));
        writer.WriteStartObject("source"u8);
        writer.WriteString("type"u8, isText ? "text"u8 : "base64"u8);
        writer.WriteString("media_type"u8, data.MediaType);
        if (isText)
            writer.WriteString("data"u8, data.Data.Span);
        else
            writer.WriteString("data"u8, data.Base64Data.Span);
        writer.WriteEndObject();
        if (data.Name is { Length: > 0 } title && !data.HasTopLevelMediaType("image"))
            writer.WriteString("title"u8, title);
    }

    private void WriteLink(UriContent link)
    {
        Open(BlockFor(link.MediaType, isText: false) ?? throw new InvalidInputException(
            $"A message links to content of the type '{link.MediaType}'; this provider takes links to images and PDF only. Send its bytes."));
        writer.WriteStartObject("source"u8);
        writer.WriteString("type"u8, "url"u8);
        writer.WriteString("url"u8, link.Uri.OriginalString);
        writer.WriteEndObject();
    }

    private static string? BlockFor(string mediaType, bool isText) =>
        mediaType.StartsWith("image/", StringComparison.OrdinalIgnoreCase) ? "image"
        : isText || mediaType.Equals("application/pdf", StringComparison.OrdinalIgnoreCase) ? "document"
        : null;

    private void Open(ReadOnlySpan<byte> type)
    {
        OpenTurn();
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
    }

    private void Open(string type)
    {
        OpenTurn();
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
    }

    private void OpenTurn()
    {
        if (_isOpen)
            return;
        writer.WriteStartObject();
        writer.WriteString("role"u8, _role == ChatRole.Assistant ? "assistant"u8 : "user"u8);
        writer.WriteStartArray("content"u8);
        _isOpen = true;
    }
}
