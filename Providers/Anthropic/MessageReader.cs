using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.Anthropic;

/// <summary>
/// Reads a message: a whole answer, or the one a stream begins with. Blocks and fields it does not know are skipped.
/// </summary>
internal sealed class MessageReader
{
    private UsageMeter _meter;

    public string? Id { get; private set; }

    public string? Model { get; private set; }

    public List<AIContent> Contents { get; } = [];

    public ChatFinishReason? FinishReason { get; private set; }

    /// <summary>What the usage has grown by with what was last read.</summary>
    public UsageDetails? Usage { get; private set; }

    /// <summary>Whether it is a message at all.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Reads a whole answer.</summary>
    /// <exception cref="JsonException">It is not a JSON object.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not Unicode.</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An answer is a JSON object.");
        Read(ref reader);
        if (reader.Read())
            throw new JsonException("An answer is one JSON object.");
    }

    /// <summary>Reads the object the reader stands on.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        string? refusal = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                ReadBlocks(ref reader);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                Id = Json.Repeated(ref reader, Id);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                Model = Json.Repeated(ref reader, Model);
            }
            else if (reader.ValueTextEquals("stop_reason"u8))
            {
                reader.Read();
                FinishReason = StopReasons.Read(ref reader);
            }
            else if (reader.ValueTextEquals("stop_details"u8))
            {
                reader.Read();
                refusal = StopReasons.ReadDetails(ref reader);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                ReadUsage(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (refusal is not null)
            Contents.Add(MessageContents.Refusal(refusal));
    }

    /// <summary>Reads the totals the reader stands on.</summary>
    public void ReadUsage(ref Utf8JsonReader reader) => Usage = _meter.Increase(UsageReader.Read(ref reader));

    private void ReadBlocks(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        HasContent = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var block = Block.Read(ref reader);
            if (block.Content() is { } content)
                Contents.Add(content);
        }
    }
}
