using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;
using Serving.Runtime.Errors;

namespace Serving.Providers.Anthropic;

/// <summary>
/// Writes the body of a request. What the options' additional properties name is written as they say, in place of what would be written otherwise. What
/// the interface has no field for is refused with its name.
/// </summary>
internal static class MessagesRequest
{
    private const string Strict = "strict";

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "model", "messages", "system", "stream" };

    // The provider wants every object of a schema closed.
    private static readonly AIJsonSchemaTransformCache Schemas = new(new() { DisallowAdditionalProperties = true });

    public static byte[] Write(AnthropicClientOptions client, string model, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream)
    {
        if (options is not null)
            RefuseUnknown(client, options);
        var all = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var extra = options?.AdditionalProperties;
        var buffer = JsonBuffer.Rent();
        var writer = buffer.Writer;
        writer.WriteStartObject();
        writer.WriteString("model"u8, model);
        if (Free(extra, "max_tokens"))
            writer.WriteNumber("max_tokens"u8, options?.MaxOutputTokens ?? client.MaxOutputTokens);
        WriteSystem(writer, options?.Instructions, all);
        writer.WriteStartArray("messages"u8);
        var turns = new TurnWriter(writer);
        foreach (var message in all)
        {
            if (message.Role != ChatRole.System)
                turns.Write(message);
        }

        turns.Close();
        writer.WriteEndArray();
        if (options is not null)
            WriteOptions(writer, options, extra);
        if (stream)
            writer.WriteBoolean("stream"u8, true);
        writer.WriteEndObject();
        return buffer.Take();
    }

    private static void RefuseUnknown(AnthropicClientOptions client, ChatOptions options)
    {
        if (options.ConversationId is not null)
            throw new InvalidInputException("The call names a conversation, and this provider keeps none. Send all messages with every call.");
        var name = options.Seed is not null ? "seed" : options.FrequencyPenalty is not null ? "frequency penalty" : options.PresencePenalty is not null ? "presence penalty" : null;
        if (name is not null)
            throw new InvalidInputException($"The call sets a {name}, and Anthropic has none. Leave it out.");
        var sampling = options.Temperature is not null ? "temperature" : options.TopP is not null ? "top-p" : options.TopK is not null ? "top-k" : null;
        if (sampling is not null && string.CompareOrdinal(client.Version, AnthropicClientOptions.LastWithSampling) > 0)
            throw new InvalidInputException(
                $"The call sets {sampling}, and Anthropic takes none since version {AnthropicClientOptions.LastWithSampling}; the client uses {client.Version}. Leave it out.");
        if (options.ResponseFormat is ChatResponseFormatJson { Schema: null })
            throw new InvalidInputException("The call wants JSON without a schema, and Anthropic gives JSON by a schema only. Give one.");
    }

    /// <summary>The instructions and all system messages, wherever they stand: the interface has one place for them.</summary>
    private static void WriteSystem(Utf8JsonWriter writer, string? instructions, IReadOnlyCollection<ChatMessage> messages)
    {
        var isOpen = false;
        Add(instructions);
        foreach (var message in messages)
        {
            if (message.Role != ChatRole.System)
                continue;
            foreach (var content in message.Contents)
            {
                if (content is not TextContent text)
                    throw new InvalidInputException($"A system message has a content of the kind '{content.GetType().Name}'; this provider takes text there.");
                Add(text.Text);
            }
        }

        if (isOpen)
            writer.WriteEndArray();

        void Add(string? text)
        {
            if (string.IsNullOrEmpty(text))
                return;
            if (!isOpen)
                writer.WriteStartArray("system"u8);
            isOpen = true;
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("text"u8, text);
            writer.WriteEndObject();
        }
    }

    private static void WriteOptions(Utf8JsonWriter writer, ChatOptions options, AdditionalPropertiesDictionary? extra)
    {
        if (options.Temperature is { } temperature && Free(extra, "temperature"))
            writer.WriteNumber("temperature"u8, temperature);
        if (options.TopP is { } topP && Free(extra, "top_p"))
            writer.WriteNumber("top_p"u8, topP);
        if (options.TopK is { } topK && Free(extra, "top_k"))
            writer.WriteNumber("top_k"u8, topK);
        if (options.StopSequences is { Count: > 0 } stops && Free(extra, "stop_sequences"))
        {
            writer.WriteStartArray("stop_sequences"u8);
            foreach (var stop in stops)
                writer.WriteStringValue(stop);
            writer.WriteEndArray();
        }

        if (options.Tools is { Count: > 0 } tools && Free(extra, "tools"))
        {
            WriteTools(writer, tools);
            if (Free(extra, "tool_choice"))
                WriteToolChoice(writer, options);
        }

        if (options.Reasoning is { } reasoning && Free(extra, "thinking"))
            WriteThinking(writer, reasoning);
        if (Free(extra, "output_config"))
            WriteOutput(writer, options);
        if (extra is null)
            return;
        foreach (var (name, value) in extra)
        {
            if (Reserved.Contains(name))
                throw new InvalidInputException($"'{name}' cannot be an additional property of a call: the client writes it.");
            // A schema is always strict here.
            if (name == Strict && options.ResponseFormat is ChatResponseFormatJson)
                continue;
            writer.WritePropertyName(name);
            JsonBuffer.WriteValue(writer, value);
        }
    }

    private static void WriteTools(Utf8JsonWriter writer, IList<AITool> tools)
    {
        writer.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            ToolDeclaration.Write(writer, tool, "input_schema"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteToolChoice(Utf8JsonWriter writer, ChatOptions options)
    {
        var mode = options.ToolMode ?? (options.AllowMultipleToolCalls == false ? ChatToolMode.Auto : null);
        if (mode is null)
            return;
        writer.WriteStartObject("tool_choice"u8);
        var name = (mode as RequiredChatToolMode)?.RequiredFunctionName;
        writer.WriteString("type"u8, mode is NoneChatToolMode ? "none"u8 : mode is AutoChatToolMode ? "auto"u8 : name is null ? "any"u8 : "tool"u8);
        if (name is not null)
            writer.WriteString("name"u8, name);
        if (options.AllowMultipleToolCalls is { } several && mode is not NoneChatToolMode)
            writer.WriteBoolean("disable_parallel_tool_use"u8, !several);
        writer.WriteEndObject();
    }

    private static void WriteThinking(Utf8JsonWriter writer, ReasoningOptions reasoning)
    {
        writer.WriteStartObject("thinking"u8);
        writer.WriteString("type"u8, reasoning.Effort == ReasoningEffort.None ? "disabled"u8 : "adaptive"u8);
        if (reasoning.Output is { } output && reasoning.Effort != ReasoningEffort.None)
            writer.WriteString("display"u8, output == ReasoningOutput.None ? "omitted"u8 : "summarized"u8);
        writer.WriteEndObject();
    }

    private static void WriteOutput(Utf8JsonWriter writer, ChatOptions options)
    {
        var effort = options.Reasoning?.Effort is { } given and not ReasoningEffort.None ? EffortOf(given) : null;
        var format = options.ResponseFormat as ChatResponseFormatJson;
        if (effort is null && format is null)
            return;
        writer.WriteStartObject("output_config"u8);
        if (effort is not null)
            writer.WriteString("effort"u8, effort);
        if (format is not null)
        {
            writer.WriteStartObject("format"u8);
            writer.WriteString("type"u8, "json_schema"u8);
            writer.WritePropertyName("schema"u8);
            Schemas.GetOrCreateTransformedSchema(format)!.Value.WriteTo(writer); // refused above if it has none
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static string EffortOf(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High => "high",
        _ => "xhigh",
    };

    private static bool Free(AdditionalPropertiesDictionary? extra, string name) => extra?.ContainsKey(name) != true;
}
