using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;
using Serving.Runtime.Chat;

namespace Serving.Providers.OpenAi;

/// <summary>
/// Reads an answer, whole or a piece of it: both have the same fields. One reader serves all pieces of a stream, and keeps what they repeat. Of several
/// choices the first counts; fields it does not know are skipped. A value that changes: it is passed by reference.
/// </summary>
internal struct AnswerReader
{
    private UsageMeter _meter;
    private ToolCallSlots? _slots;
    private bool _hasChoices;
    private bool _isError;
    private bool _isComplaint;

    /// <summary>The model that was asked; mostly it is the one that answers.</summary>
    public string? Asked { get; init; }

    public string? Id { get; private set; }

    public string? Model { get; private set; }

    public DateTimeOffset? Created { get; private set; }

    /// <summary>What the usage has grown by with the last piece.</summary>
    public UsageDetails? Usage { get; private set; }

    /// <summary>What the last piece said is wrong.</summary>
    public ErrorBody? Error { get; private set; }

    /// <summary>Whether the last piece had a choice in it.</summary>
    public bool HasChoice { get; private set; }

    public string? Text { get; private set; }

    public string? Refusal { get; private set; }

    public string? Reasoning { get; private set; }

    public List<ToolCallChunk>? Calls { get; private set; }

    public ChatFinishReason? FinishReason { get; private set; }

    /// <summary>Reads a piece.</summary>
    /// <exception cref="JsonException">It is not a JSON object.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not Unicode.</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        Text = Refusal = Reasoning = null;
        Calls = null;
        Usage = null;
        FinishReason = null;
        Error = null;
        HasChoice = _hasChoices = _isError = _isComplaint = false;
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An answer is a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadField(ref reader);
        if (reader.Read())
            throw new JsonException("An answer is one JSON object.");
        if (_isError || (_isComplaint && !_hasChoices))
            Error = ErrorBody.Parse(json.ToArray());
    }

    private void ReadField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("choices"u8))
        {
            reader.Read();
            ReadChoices(ref reader);
        }
        else if (reader.ValueTextEquals("id"u8))
        {
            Id = Json.Repeated(ref reader, Id);
        }
        else if (reader.ValueTextEquals("model"u8))
        {
            Model = Json.Repeated(ref reader, Model, expected: Asked);
        }
        else if (reader.ValueTextEquals("created"u8))
        {
            reader.Read();
            // Beyond the year 9999 it is no time.
            if (Json.Number(ref reader) is >= 0 and < 253402300800 and var seconds)
                Created = DateTimeOffset.FromUnixTimeSeconds(seconds);
        }
        else if (reader.ValueTextEquals("usage"u8))
        {
            reader.Read();
            Usage = _meter.Increase(UsageReader.Read(ref reader));
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            reader.Read();
            _isError |= reader.TokenType != JsonTokenType.Null;
            reader.Skip();
        }
        else if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("detail"u8))
        {
            _isComplaint = true;
            reader.Skip();
        }
        else
        {
            reader.Skip();
        }
    }

    private void ReadChoices(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            _hasChoices = true;
            if (HasChoice || reader.TokenType != JsonTokenType.StartObject)
                reader.Skip();
            else
                ReadChoice(ref reader);
        }
    }

    private void ReadChoice(ref Utf8JsonReader reader)
    {
        var isOther = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                isOther = Json.Number(ref reader) is > 0;
            }
            else if (isOther)
            {
                reader.Skip();
            }
            else if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                ReadMessage(ref reader);
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                FinishReason = FinishOf(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        HasChoice = !isOther;
        if (!isOther)
            return;
        // Its number may come last.
        Text = Refusal = Reasoning = null;
        Calls = null;
        FinishReason = null;
    }

    private void ReadMessage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                ReadContent(ref reader);
            }
            else if (reader.ValueTextEquals("refusal"u8))
            {
                reader.Read();
                Refusal = Json.Text(ref reader);
            }
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8))
            {
                reader.Read();
                Reasoning = Json.Text(ref reader) ?? Reasoning;
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                reader.Read();
                Calls = (_slots ??= new()).Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>A text, or a list of parts, of which texts count.</summary>
    private void ReadContent(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Text = Json.Text(ref reader);
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var part = JsonElement.ParseValue(ref reader);
            if (part.ValueKind == JsonValueKind.String)
                Text += part.GetString();
            else if (part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
                Text += text.GetString();
        }
    }

    private static ChatFinishReason? FinishOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        if (reader.ValueTextEquals("stop"u8))
            return ChatFinishReason.Stop;
        if (reader.ValueTextEquals("length"u8))
            return ChatFinishReason.Length;
        if (reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("function_call"u8))
            return ChatFinishReason.ToolCalls;
        if (reader.ValueTextEquals("content_filter"u8))
            return ChatFinishReason.ContentFilter;
        return string.IsNullOrWhiteSpace(reader.GetString()) ? null : new ChatFinishReason(reader.GetString()!); // just seen not to be null
    }
}
