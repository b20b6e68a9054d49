using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Serving.Providers.OpenAi;

/// <summary>Reads how many tokens an answer took.</summary>
internal static class UsageReader
{
    public static UsageDetails? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        var usage = new UsageDetails();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8))
                usage.InputTokenCount = Next(ref reader);
            else if (reader.ValueTextEquals("completion_tokens"u8))
                usage.OutputTokenCount = Next(ref reader);
            else if (reader.ValueTextEquals("total_tokens"u8))
                usage.TotalTokenCount = Next(ref reader);
            else if (reader.ValueTextEquals("prompt_cache_hit_tokens"u8))
                usage.CachedInputTokenCount = Next(ref reader);
            else if (reader.ValueTextEquals("prompt_tokens_details"u8))
                ReadDetails(ref reader, usage, isInput: true);
            else if (reader.ValueTextEquals("completion_tokens_details"u8))
                ReadDetails(ref reader, usage, isInput: false);
            else
                reader.Skip();
        }

        return usage;
    }

    private static void ReadDetails(ref Utf8JsonReader reader, UsageDetails usage, bool isInput)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (isInput && reader.ValueTextEquals("cached_tokens"u8))
                usage.CachedInputTokenCount = Next(ref reader);
            else if (!isInput && reader.ValueTextEquals("reasoning_tokens"u8))
                usage.ReasoningTokenCount = Next(ref reader);
            else
                reader.Skip();
        }
    }

    private static long? Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return Json.Number(ref reader);
    }
}
