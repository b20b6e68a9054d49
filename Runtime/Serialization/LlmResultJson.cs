using System.Text.Json;
using Serving.Runtime.Chat;

namespace Serving.Runtime.Serialization;

/// <summary>A model's result in the forms that answers, events and logs carry.</summary>
public static class LlmResultJson
{
    /// <summary>Writes a result.</summary>
    /// <param name="writer">Receives the JSON.</param>
    /// <param name="result">The result.</param>
    /// <param name="fullMessages">Whether messages carry the fields of their kind, as in run logs.</param>
    /// <param name="typed">Whether the result says what it is.</param>
    /// <param name="options">One of <see cref="RuntimeJson"/>'s.</param>
    public static void Write(Utf8JsonWriter writer, LlmResult result, bool fullMessages, bool typed, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(result);
        writer.WriteStartObject();
        writer.WriteStartArray("generations"u8);
        foreach (var generations in result.Generations)
        {
            writer.WriteStartArray();
            foreach (var generation in generations)
                Write(writer, generation, fullMessages, options);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WritePropertyName("llm_output"u8);
        JsonValues.Write(writer, result.LlmOutput, options);
        if (typed)
        {
            writer.WriteNull("run"u8);
            writer.WriteString("type"u8, "LLMResult"u8);
        }

        writer.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter writer, Generation generation, bool fullMessages, JsonSerializerOptions options)
    {
        var message = (generation as ChatGeneration)?.Message;
        writer.WriteStartObject();
        writer.WriteString("text"u8, generation.Text);
        writer.WritePropertyName("generation_info"u8);
        JsonValues.Write(writer, generation.GenerationInfo, options);
        writer.WriteString("type"u8, message is null ? "Generation" : message.IsChunk ? "ChatGenerationChunk" : "ChatGeneration");
        if (message is not null)
        {
            writer.WritePropertyName("message"u8);
            if (fullMessages)
                MessageJson.Write(writer, message, options);
            else
                MessageJson.WriteBare(writer, message, options);
        }

        writer.WriteEndObject();
    }
}
