using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.Anthropic;

/// <summary>Why an answer ended.</summary>
internal static class StopReasons
{
    /// <summary>The reason the reader stands on; null for none. One we do not know keeps its name.</summary>
    public static ChatFinishReason? Read(ref Utf8JsonReader reader) => Json.Text(ref reader) switch
    {
        null => null,
        "end_turn" or "stop_sequence" => ChatFinishReason.Stop,
        "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
        "tool_use" => ChatFinishReason.ToolCalls,
        "refusal" => ChatFinishReason.ContentFilter,
        var other => new ChatFinishReason(other),
    };

    /// <summary>What is said about a refusal, if anything is.</summary>
    public static string? ReadDetails(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        string? explanation = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isExplanation = reader.ValueTextEquals("explanation"u8);
            reader.Read();
            if (isExplanation)
                explanation = Json.Text(ref reader);
            else
                reader.Skip();
        }

        return explanation;
    }
}
