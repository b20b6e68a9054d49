using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;
using Serving.Runtime.Errors;

namespace Serving.Providers.OpenAi;

/// <summary>
/// Writes the body of a chat request. What the options' additional properties name is written as they say, in place of what would be written otherwise.
/// </summary>
internal static class ChatRequest
{
    private const string Strict = "strict";

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "model", "messages", "stream" };

    public static byte[] Write(OpenAiDialect dialect, string model, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        if (options?.ConversationId is not null)
            throw new InvalidInputException("The call names a conversation, and this provider keeps none. Send all messages with every call.");
        var buffer = JsonBuffer.Rent();
        var writer = buffer.Writer;
        var extra = options?.AdditionalProperties;
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        writer.WriteStartArray("messages"u8);
        if (options?.Instructions is { Length: > 0 } instructions)
            MessageBody.WriteInstructions(writer, instructions);
        foreach (var message in messages)
            MessageBody.Write(writer, message);
        writer.WriteEndArray();
        if (options is not null)
            WriteOptions(writer, dialect, options, extra);
        if (stream)
        {
            writer.WriteBoolean("stream"u8, true);
            if (dialect.SendsStreamOptions && Free(extra, "stream_options"))
            {
                writer.WriteStartObject("stream_options"u8);
                writer.WriteBoolean("include_usage"u8, true);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
        return buffer.Take();
    }

    private static void WriteOptions(Utf8JsonWriter writer, OpenAiDialect dialect, ChatOptions options, AdditionalPropertiesDictionary? extra)
    {
        if (options.Temperature is { } temperature && Free(extra, "temperature"))
            writer.WriteNumber("temperature"u8, temperature);
        if (options.TopP is { } topP && Free(extra, "top_p"))
            writer.WriteNumber("top_p"u8, topP);
        if (options.TopK is { } topK && Free(extra, "top_k"))
            writer.WriteNumber("top_k"u8, topK);
        if (options.FrequencyPenalty is { } frequency && Free(extra, "frequency_penalty"))
            writer.WriteNumber("frequency_penalty"u8, frequency);
        if (options.PresencePenalty is { } presence && Free(extra, "presence_penalty"))
            writer.WriteNumber("presence_penalty"u8, presence);
        if (options.Seed is { } seed && Free(extra, "seed"))
            writer.WriteNumber("seed"u8, seed);
        if (options.MaxOutputTokens is { } tokens && Free(extra, dialect.TokenField))
            writer.WriteNumber(dialect.TokenField, tokens);
        if (options.StopSequences is { Count: > 0 } stops && Free(extra, "stop"))
        {
            writer.WriteStartArray("stop"u8);
            foreach (var stop in stops)
                writer.WriteStringValue(stop);
            writer.WriteEndArray();
        }

        if (options.Reasoning?.Effort is { } effort && Free(extra, "reasoning_effort"))
            writer.WriteString("reasoning_effort"u8, EffortOf(effort));
        if (options.Tools is { Count: > 0 } tools && Free(extra, "tools"))
            WriteTools(writer, options, tools, extra);
        if (options.ResponseFormat is { } format && Free(extra, "response_format"))
            WriteFormat(writer, format, extra);
        if (extra is null)
            return;
        foreach (var (name, value) in extra)
        {
            if (Reserved.Contains(name))
                throw new InvalidInputException($"'{name}' cannot be an additional property of a call: the client writes it.");
            if (name == Strict && options.ResponseFormat is ChatResponseFormatJson { Schema: not null })
                continue;
            writer.WritePropertyName(name);
            JsonBuffer.WriteValue(writer, value);
        }
    }

    private static void WriteTools(Utf8JsonWriter writer, ChatOptions options, IList<AITool> tools, AdditionalPropertiesDictionary? extra)
    {
        writer.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            ToolDeclaration.Write(writer, tool, "parameters"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (options.ToolMode is { } mode && Free(extra, "tool_choice"))
            WriteToolChoice(writer, mode);
        if (options.AllowMultipleToolCalls is { } several && Free(extra, "parallel_tool_calls"))
            writer.WriteBoolean("parallel_tool_calls"u8, several);
    }

    private static void WriteToolChoice(Utf8JsonWriter writer, ChatToolMode mode)
    {
        if (mode is not RequiredChatToolMode { RequiredFunctionName: { } name })
        {
            writer.WriteString("tool_choice"u8, mode is RequiredChatToolMode ? "required"u8 : mode is NoneChatToolMode ? "none"u8 : "auto"u8);
            return;
        }

        writer.WriteStartObject("tool_choice"u8);
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, name);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFormat(Utf8JsonWriter writer, ChatResponseFormat format, AdditionalPropertiesDictionary? extra)
    {
        writer.WriteStartObject("response_format"u8);
        if (format is ChatResponseFormatJson { Schema: { } schema } json)
        {
            writer.WriteString("type"u8, "json_schema"u8);
            writer.WriteStartObject("json_schema"u8);
            writer.WriteString("name"u8, json.SchemaName ?? "json_schema");
            if (json.SchemaDescription is { Length: > 0 } description)
                writer.WriteString("description"u8, description);
            writer.WritePropertyName("schema"u8);
            schema.WriteTo(writer);
            if (extra?.TryGetValue(Strict, out var strict) == true && strict is bool isStrict)
                writer.WriteBoolean("strict"u8, isStrict);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("type"u8, format is ChatResponseFormatJson ? "json_object"u8 : "text"u8);
        }

        writer.WriteEndObject();
    }

    private static string EffortOf(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None => "none",
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High => "high",
        _ => "xhigh",
    };

    private static bool Free(AdditionalPropertiesDictionary? extra, string name) => extra?.ContainsKey(name) != true;
}
