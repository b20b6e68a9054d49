using System.Globalization;
using System.Text.Json;
using Serving.Runtime.Chat;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;

namespace Serving.Endpoints.Events;

/// <summary>Pieces of JSON that the projections of run events share.</summary>
internal static class RunJson
{
    /// <summary>The word for a run's type in logs, which know one kind of model only.</summary>
    public static string LogType(RunType type) => type == RunType.ChatModel ? "llm" : type.Word();

    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'", CultureInfo.InvariantCulture);

    public static void WriteValue(Utf8JsonWriter writer, object? value) => JsonValues.Write(writer, value, RuntimeJson.EventOptions);

    public static void WriteTags(Utf8JsonWriter writer, Run run)
    {
        writer.WriteStartArray("tags"u8);
        foreach (var tag in run.Tags)
            writer.WriteStringValue(tag);
        writer.WriteEndArray();
    }

    /// <summary>The metadata, with or without the host's own entries.</summary>
    public static void WriteMetadata(Utf8JsonWriter writer, Run run, bool own)
    {
        writer.WriteStartObject("metadata"u8);
        foreach (var (key, value) in run.Metadata)
        {
            if (!own && key.StartsWith("__", StringComparison.Ordinal))
                continue;
            writer.WritePropertyName(key);
            WriteValue(writer, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>What went into a run, in the form of its kind.</summary>
    public static void WriteInput(Utf8JsonWriter writer, Run run, object? input)
    {
        switch (run.Type)
        {
            case RunType.ChatModel when input is PromptValue prompt:
                writer.WriteStartObject();
                writer.WritePropertyName("messages"u8);
                WriteMessages(writer, prompt);
                writer.WriteEndObject();
                break;
            case RunType.Llm when input is PromptValue prompt:
                writer.WriteStartObject();
                writer.WriteStartArray("prompts"u8);
                writer.WriteStringValue(prompt.ToText());
                writer.WriteEndArray();
                writer.WriteEndObject();
                break;
            case RunType.Retriever:
                writer.WriteStartObject();
                writer.WritePropertyName("query"u8);
                WriteValue(writer, input);
                writer.WriteEndObject();
                break;
            default:
                WriteValue(writer, input);
                break;
        }
    }

    /// <summary>The messages of one prompt, as a list of prompts.</summary>
    public static void WriteMessages(Utf8JsonWriter writer, PromptValue prompt)
    {
        writer.WriteStartArray();
        writer.WriteStartArray();
        foreach (var message in prompt.ToMessages())
            MessageJson.Write(writer, message, RuntimeJson.EventOptions);
        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    /// <summary>A model's answer as a result; null if it is not one.</summary>
    public static LlmResult? AsResult(object? output) => output switch
    {
        AssistantMessage message => new LlmResult([[new ChatGeneration(message)]]),
        string text => new LlmResult([[new Generation(text)]]),
        _ => null,
    };
}
