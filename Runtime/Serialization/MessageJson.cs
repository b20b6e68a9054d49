using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Parsers;

namespace Serving.Runtime.Serialization;

/// <summary>
/// Messages in the form LangServe's clients know: plain objects told apart by <c>type</c>. Fields without a place in
/// <see cref="ChatMessage"/> are kept in its additional properties under their own names, so what came in goes out again.
/// </summary>
public static class MessageJson
{
    /// <summary>Fields that have a place in a message; the others are kept as they are.</summary>
    internal static readonly HashSet<string> Placed = new(StringComparer.Ordinal) { "content", "type", "role", "name", "id", "tool_calls", "tool_call_id" };
    private static readonly HashSet<string> Known =
        new(Placed, StringComparer.Ordinal) { "additional_kwargs", "response_metadata", "example", "invalid_tool_calls", "usage_metadata", "tool_call_chunks", "artifact", "status" };

    private static readonly JsonEncodedText Example = JsonEncodedText.Encode("example");

    /// <summary>Writes a message in full.</summary>
    public static void Write(Utf8JsonWriter writer, ChatMessage message, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(message);
        Write(writer, Of(message), options, bare: false);
    }

    /// <summary>Writes a model's message in full: <c>ai</c>, or <c>AIMessageChunk</c> for a piece.</summary>
    public static void Write(Utf8JsonWriter writer, AssistantMessage message, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(message);
        Write(writer, Of(message), options, bare: false);
    }

    /// <summary>Writes what a message of any kind has: content, additional_kwargs, response_metadata, type, name and id.</summary>
    internal static void WriteBare(Utf8JsonWriter writer, ChatMessage message, JsonSerializerOptions options) =>
        Write(writer, Of(message), options, bare: true);

    internal static void WriteBare(Utf8JsonWriter writer, AssistantMessage message, JsonSerializerOptions options) =>
        Write(writer, Of(message), options, bare: true);

    private static Source Of(ChatMessage message) => new(
        MessageType.Of(message),
        message.Role.Value,
        message.Contents as IReadOnlyList<AIContent> ?? [.. message.Contents],
        message.MessageId,
        message.AuthorName,
        message.AdditionalProperties,
        null,
        null);

    private static Source Of(AssistantMessage message) => new(
        message.IsChunk ? MessageType.AssistantChunk : MessageType.Assistant,
        "assistant",
        message.Contents,
        message.Id,
        message.Name,
        message.Properties,
        message.FinishReason,
        message.ModelId);

    private static void Write(Utf8JsonWriter writer, in Source message, JsonSerializerOptions options, bool bare)
    {
        var plain = message.Type == MessageType.AssistantChunk ? MessageType.Assistant : MessageType.Plain(message.Type);
        writer.WriteStartObject();
        writer.WritePropertyName("content"u8);
        WriteContent(writer, message, options);
        WriteObject(writer, "additional_kwargs"u8, "additional_kwargs", message, options);
        WriteResponseMetadata(writer, message, options);
        writer.WriteString("type"u8, message.Type);
        writer.WriteString("name"u8, message.Name);
        writer.WriteString("id"u8, message.Id);
        if (bare)
        {
            writer.WriteEndObject();
            return;
        }

        switch (plain)
        {
            case MessageType.Human:
                WriteExample(writer, message);
                break;
            case MessageType.Assistant:
                WriteExample(writer, message);
                WriteToolCalls(writer, message, options);
                break;
            case MessageType.Tool:
                writer.WriteString("tool_call_id"u8, ResultOf(message)?.CallId ?? "");
                writer.WritePropertyName("artifact"u8);
                JsonValues.Write(writer, message.Get("artifact"), options);
                writer.WritePropertyName("status"u8);
                JsonValues.Write(writer, message.Get("status") ?? (ResultOf(message)?.Exception is null ? "success" : "error"), options);
                break;
            case MessageType.Chat:
                writer.WriteString("role"u8, message.Role);
                break;
        }

        if (message.Properties is not null)
        {
            foreach (var (key, value) in message.Properties)
            {
                if (Known.Contains(key))
                    continue;
                writer.WritePropertyName(key);
                JsonValues.Write(writer, value, options);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteExample(Utf8JsonWriter writer, in Source message)
    {
        var example = message.Get("example");
        writer.WriteBoolean(Example, example is true or JsonElement { ValueKind: JsonValueKind.True });
    }

    private static void WriteContent(Utf8JsonWriter writer, in Source message, JsonSerializerOptions options)
    {
        if (message.Get("content") is { } blocks)
        {
            JsonValues.Write(writer, blocks, options);
            return;
        }

        string? only = null;
        var texts = 0;
        var other = false;
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    only = text.Text;
                    texts++;
                    break;
                case FunctionResultContent result when result.Result is string text:
                    only = text;
                    texts++;
                    break;
                case DataContent or UriContent:
                    other = true;
                    break;
            }
        }

        if (!other && texts <= 1)
        {
            writer.WriteStringValue(only ?? (ResultOf(message)?.Result is { } value ? JsonSerializer.Serialize(value, options) : ""));
            return;
        }

        if (!other)
        {
            writer.WriteStringValue(string.Concat(message.Contents.OfType<TextContent>().Select(text => text.Text)));
            return;
        }

        writer.WriteStartArray();
        foreach (var content in message.Contents)
            WriteBlock(writer, content);
        writer.WriteEndArray();
    }

    private static void WriteBlock(Utf8JsonWriter writer, AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "text"u8);
                writer.WriteString("text"u8, text.Text);
                writer.WriteEndObject();
                break;
            case DataContent or UriContent:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "image_url"u8);
                writer.WriteStartObject("image_url"u8);
                writer.WriteString("url"u8, content is DataContent data ? data.Uri : ((UriContent)content).Uri.ToString());
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string key, in Source message, JsonSerializerOptions options)
    {
        writer.WritePropertyName(name);
        if (message.Get(key) is { } value)
        {
            JsonValues.Write(writer, value, options);
            return;
        }

        writer.WriteStartObject();
        writer.WriteEndObject();
    }

    private static void WriteResponseMetadata(Utf8JsonWriter writer, in Source message, JsonSerializerOptions options)
    {
        if (message.FinishReason is null && message.ModelId is null)
        {
            WriteObject(writer, "response_metadata"u8, "response_metadata", message, options);
            return;
        }

        writer.WriteStartObject("response_metadata"u8);
        if (message.FinishReason is not null)
            writer.WriteString("finish_reason"u8, message.FinishReason);
        if (message.ModelId is not null)
            writer.WriteString("model_name"u8, message.ModelId);
        writer.WriteEndObject();
    }

    private static void WriteToolCalls(Utf8JsonWriter writer, in Source message, JsonSerializerOptions options)
    {
        writer.WriteStartArray("tool_calls"u8);
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case FunctionCallContent { Exception: null } call:
                    StartToolCall(writer, call.Name);
                    JsonValues.Write(writer, call.Arguments ?? new Dictionary<string, object?>(), options);
                    EndToolCall(writer, call.CallId);
                    break;
                case ToolCallChunk { Name: not null } chunk:
                    StartToolCall(writer, chunk.Name);
                    WriteArguments(writer, chunk.Arguments);
                    EndToolCall(writer, chunk.CallId);
                    break;
            }
        }

        writer.WriteEndArray();
        writer.WritePropertyName("invalid_tool_calls"u8);
        if (message.Get("invalid_tool_calls") is { } invalid)
        {
            JsonValues.Write(writer, invalid, options);
        }
        else
        {
            WriteInvalidToolCalls(writer, message);
        }

        writer.WritePropertyName("usage_metadata"u8);
        WriteUsage(writer, message, options);
        if (message.Type != MessageType.AssistantChunk)
            return;
        writer.WritePropertyName("tool_call_chunks"u8);
        WriteToolCallChunks(writer, message, options);
    }

    /// <summary>Calls whose arguments could not be read, with the text the model wrote.</summary>
    private static void WriteInvalidToolCalls(Utf8JsonWriter writer, in Source message)
    {
        writer.WriteStartArray();
        foreach (var content in message.Contents)
        {
            if (content is not FunctionCallContent { Exception: not null } call)
                continue;
            writer.WriteStartObject();
            writer.WriteString("name"u8, call.Name);
            writer.WriteString("args"u8, call.RawRepresentation as string);
            writer.WriteString("id"u8, call.CallId);
            writer.WriteString("error"u8, "The arguments are no JSON object."u8);
            writer.WriteString("type"u8, "invalid_tool_call"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteToolCallChunks(Utf8JsonWriter writer, in Source message, JsonSerializerOptions options)
    {
        // A piece that came over the wire keeps its chunks as they were; its contents hold the calls, which models understand.
        if (message.Get("tool_call_chunks") is { } given && !message.Contents.Any(content => content is ToolCallChunk))
        {
            JsonValues.Write(writer, given, options);
            return;
        }

        writer.WriteStartArray();
        foreach (var content in message.Contents)
        {
            if (content is not ToolCallChunk chunk)
                continue;
            writer.WriteStartObject();
            writer.WriteString("name"u8, chunk.Name);
            writer.WriteString("args"u8, chunk.Arguments);
            writer.WriteString("id"u8, chunk.CallId);
            if (chunk.Index is { } index)
                writer.WriteNumber("index"u8, index);
            else
                writer.WriteNull("index"u8);
            writer.WriteString("type"u8, "tool_call_chunk"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void StartToolCall(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WritePropertyName("args"u8);
    }

    private static void EndToolCall(Utf8JsonWriter writer, string? id)
    {
        writer.WriteString("id"u8, id);
        writer.WriteString("type"u8, "tool_call"u8);
        writer.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter writer, string? text)
    {
        if (PartialJson.TryParse(text ?? "", out var arguments) && arguments.ValueKind == JsonValueKind.Object)
        {
            arguments.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter writer, in Source message, JsonSerializerOptions options)
    {
        if (AssistantMessage.UsageIn(message.Contents) is not { } usage)
        {
            JsonValues.Write(writer, message.Get("usage_metadata"), options);
            return;
        }

        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, usage.InputTokenCount ?? 0);
        writer.WriteNumber("output_tokens"u8, usage.OutputTokenCount ?? 0);
        writer.WriteNumber("total_tokens"u8, usage.TotalTokenCount ?? (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0));
        long? written = usage.AdditionalCounts is { } counts && counts.TryGetValue(UsageCounts.CacheWrite, out var count) ? count : null;
        WriteUsageDetails(writer, "input_token_details"u8, ("cache_creation", written), ("cache_read", usage.CachedInputTokenCount));
        WriteUsageDetails(writer, "output_token_details"u8, ("reasoning", usage.ReasoningTokenCount));
        writer.WriteEndObject();
    }

    /// <summary>The parts of a count that the model told of; nothing if it told of none.</summary>
    private static void WriteUsageDetails(Utf8JsonWriter writer, ReadOnlySpan<byte> name, params ReadOnlySpan<(string Name, long? Tokens)> parts)
    {
        var started = false;
        foreach (var (part, tokens) in parts)
        {
            if (tokens is not { } count)
                continue;
            if (!started)
                writer.WriteStartObject(name);
            started = true;
            writer.WriteNumber(part, count);
        }

        if (started)
            writer.WriteEndObject();
    }

    private static FunctionResultContent? ResultOf(in Source message)
    {
        foreach (var content in message.Contents)
        {
            if (content is FunctionResultContent result)
                return result;
        }

        return null;
    }

    private readonly record struct Source(
        string Type,
        string Role,
        IReadOnlyList<AIContent> Contents,
        string? Id,
        string? Name,
        IReadOnlyDictionary<string, object?>? Properties,
        string? FinishReason,
        string? ModelId)
    {
        public object? Get(string key) => Properties is not null && Properties.TryGetValue(key, out var value) ? value : null;
    }
}
