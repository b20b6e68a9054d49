using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Providers.Wire;

/// <summary>
/// Reads how many tokens an answer took, as providers name them. The input is all of it: where a provider counts what its cache took part in beside the
/// rest of the input, it is added.
/// </summary>
internal static class UsageReader
{
    /// <summary>The usage among the fields of an answer; null if there is none.</summary>
    public static UsageDetails? In(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isUsage = reader.ValueTextEquals("usage"u8);
                reader.Read();
                if (isUsage)
                    return new UsageMeter().Increase(Read(ref reader));
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // It is cut off before it tells.
        }

        return null;
    }

    public static UsageDetails? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        var usage = new UsageDetails();
        long? fromCache = null, intoCache = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8))
                usage.InputTokenCount = Next(ref reader) ?? usage.InputTokenCount;
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
                usage.OutputTokenCount = Next(ref reader) ?? usage.OutputTokenCount;
            else if (reader.ValueTextEquals("total_tokens"u8))
                usage.TotalTokenCount = Next(ref reader);
            else if (reader.ValueTextEquals("prompt_cache_hit_tokens"u8))
                usage.CachedInputTokenCount = Next(ref reader);
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
                fromCache = Next(ref reader);
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
                intoCache = Next(ref reader);
            else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8))
                ReadDetails(ref reader, usage, isInput: true);
            else if (reader.ValueTextEquals("completion_tokens_details"u8) || reader.ValueTextEquals("output_tokens_details"u8))
                ReadDetails(ref reader, usage, isInput: false);
            else
                reader.Skip();
        }

        usage.CachedInputTokenCount ??= fromCache;
        if (usage.InputTokenCount is not null)
            usage.InputTokenCount += (fromCache ?? 0) + (intoCache ?? 0);
        if (intoCache is not null)
            usage.AdditionalCounts = new() { [UsageCounts.CacheWrite] = intoCache.Value };
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
            else if (!isInput && (reader.ValueTextEquals("reasoning_tokens"u8) || reader.ValueTextEquals("thinking_tokens"u8)))
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
