using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.Anthropic;

/// <summary>An event of a stream, as far as it concerns the answer.</summary>
internal struct Event
{
    public EventKind Kind { get; private set; }

    /// <summary>The place of its block among the blocks of the message.</summary>
    public long Index { get; private set; }

    public Block Block { get; private set; }

    public ChatFinishReason? FinishReason { get; private set; }

    public string? Refusal { get; private set; }

    /// <summary>What the usage has grown by.</summary>
    public UsageDetails? Usage { get; private set; }

    /// <summary>Reads an event. What it tells of the message goes into the message.</summary>
    /// <exception cref="JsonException">It is not a JSON object.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not Unicode.</exception>
    public static Event Read(ReadOnlySpan<byte> json, MessageReader message)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An event is a JSON object.");
        var result = default(Event);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            result.ReadField(ref reader, message);
        if (reader.Read())
            throw new JsonException("An event is one JSON object.");
        return result;
    }

    private void ReadField(ref Utf8JsonReader reader, MessageReader message)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            reader.Read();
            Kind = KindOf(ref reader);
        }
        else if (reader.ValueTextEquals("index"u8))
        {
            reader.Read();
            Index = Json.Number(ref reader) ?? 0;
        }
        else if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("content_block"u8))
        {
            reader.Read();
            ReadDelta(ref reader);
        }
        else if (reader.ValueTextEquals("message"u8))
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                message.Read(ref reader);
            else
                reader.Skip();
            Usage = message.Usage;
        }
        else if (reader.ValueTextEquals("usage"u8))
        {
            reader.Read();
            message.ReadUsage(ref reader);
            Usage = message.Usage;
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
                Kind = EventKind.Error;
            reader.Skip();
        }
        else
        {
            reader.Skip();
        }
    }

    /// <summary>A block, a piece of one, or the end of a message: their fields do not overlap.</summary>
    private void ReadDelta(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var block = default(Block);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("stop_reason"u8))
            {
                reader.Read();
                FinishReason = StopReasons.Read(ref reader);
            }
            else if (reader.ValueTextEquals("stop_details"u8))
            {
                reader.Read();
                Refusal = StopReasons.ReadDetails(ref reader);
            }
            else
            {
                block.ReadField(ref reader);
            }
        }

        Block = block;
    }

    private static EventKind KindOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return EventKind.Other;
        }

        if (reader.ValueTextEquals("content_block_delta"u8))
            return EventKind.BlockDelta;
        if (reader.ValueTextEquals("content_block_start"u8))
            return EventKind.BlockStart;
        if (reader.ValueTextEquals("message_start"u8))
            return EventKind.MessageStart;
        if (reader.ValueTextEquals("message_delta"u8))
            return EventKind.MessageDelta;
        if (reader.ValueTextEquals("message_stop"u8))
            return EventKind.MessageStop;
        return reader.ValueTextEquals("error"u8) ? EventKind.Error : EventKind.Other;
    }
}
