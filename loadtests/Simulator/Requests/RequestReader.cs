using System.Text;
using System.Text.Json;
using Serving.Simulator.Faults;

namespace Serving.Simulator.Requests;

/// <summary>Reads the requests of all wires: their fields have the same names wherever they mean the same.</summary>
internal static class RequestReader
{
    /// <exception cref="JsonException">It is no JSON object.</exception>
    /// <exception cref="InvalidOperationException">A field is of another kind than it should be.</exception>
    public static ModelRequest Read(ReadOnlySpan<byte> json)
    {
        var request = new ModelRequest();
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A request is a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadField(ref reader, request);
        if (reader.Read())
            throw new JsonException("A request is one JSON object.");
        return request;
    }

    private static void ReadField(ref Utf8JsonReader reader, ModelRequest request)
    {
        if (reader.ValueTextEquals("messages"u8))
            ReadMessages(ref reader, request);
        else if (Is(ref reader, "model"u8))
            request.Model = reader.GetString();
        else if (Is(ref reader, "stream"u8))
            request.IsStream = reader.TokenType != JsonTokenType.Null && reader.GetBoolean();
        else if (Is(ref reader, "max_tokens"u8))
            request.MaxTokens = Int(ref reader);
        else if (Is(ref reader, "max_completion_tokens"u8))
            request.MaxCompletionTokens = Int(ref reader);
        else if (Is(ref reader, "dimensions"u8))
            request.Dimensions = Int(ref reader);
        else if (Is(ref reader, "system"u8))
            CountWords(ref reader, request);
        else if (Is(ref reader, "encoding_format"u8))
            request.WantsBase64 = reader.ValueTextEquals("base64"u8);
        else if (Is(ref reader, "stop"u8) || Is(ref reader, "stop_sequences"u8))
            ReadStop(ref reader, request);
        else if (Is(ref reader, "input"u8))
            ReadInputs(ref reader, request);
        else if (Is(ref reader, "stream_options"u8))
            ReadStreamOptions(ref reader, request);
        else if (Is(ref reader, "tools"u8))
            ToolReader.ReadTools(ref reader, request);
        else if (Is(ref reader, "tool_choice"u8))
            ToolReader.ReadChoice(ref reader, request);
        else if (Is(ref reader, "response_format"u8))
            ToolReader.ReadFormat(ref reader, request);
        else
            SkipValue(ref reader);
    }

    /// <summary>Whether the property has this name; if so, the reader stands on its value.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name) && reader.Read();

    private static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    private static int? Int(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null ? null : reader.GetInt32();

    private static void ReadMessages(ref Utf8JsonReader reader, ModelRequest request)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("Messages are an array.");
        var afterTool = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            request.Messages++;
            var isTool = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref reader, "role"u8))
                    isTool |= reader.ValueTextEquals("tool"u8);
                else if (Is(ref reader, "content"u8))
                    isTool |= CountWords(ref reader, request);
                else
                    SkipValue(ref reader);
            }

            request.ToolRounds += isTool && !afterTool ? 1 : 0;
            afterTool = isTool;
        }
    }

    /// <summary>Counts the words of a text, or of the texts in an array of parts. Whether a part is a tool's result.</summary>
    private static bool CountWords(ref Utf8JsonReader reader, ModelRequest request)
    {
        if (reader.TokenType == JsonTokenType.String)
            request.PromptWords += Words(ref reader);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        var hasResult = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref reader, "type"u8))
                    hasResult |= reader.ValueTextEquals("tool_result"u8);
                else if (Is(ref reader, "text"u8) || Is(ref reader, "content"u8))
                    CountWords(ref reader, request);
                else
                    SkipValue(ref reader);
            }
        }

        return hasResult;
    }

    private static int Words(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
            return Words(Encoding.UTF8.GetBytes(reader.GetString()!)); // a string token has one
        return Words(reader.ValueSpan);
    }

    private static int Words(ReadOnlySpan<byte> text)
    {
        var words = 0;
        var inWord = false;
        foreach (var letter in text)
        {
            var isSpace = letter is (byte)' ' or (>= 9 and <= 13);
            words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        return words;
    }

    private static void ReadStop(ref Utf8JsonReader reader, ModelRequest request)
    {
        if (reader.TokenType == JsonTokenType.String)
            request.Stop.Add(reader.GetString()!); // a string token has one
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.String)
                request.Stop.Add(reader.GetString()!); // a string token has one
        }
    }

    private static void ReadStreamOptions(ref Utf8JsonReader reader, ModelRequest request)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        if (value.RootElement.ValueKind != JsonValueKind.Object)
            return;
        request.StreamOptions = value.RootElement.GetRawText();
        request.IncludesUsage = value.RootElement.TryGetProperty("include_usage", out var include) && include.ValueKind == JsonValueKind.True;
    }

    private static void ReadInputs(ref Utf8JsonReader reader, ModelRequest request)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            AddText(ref reader, request);
            return;
        }

        using var value = JsonDocument.ParseValue(ref reader);
        if (value.RootElement.ValueKind != JsonValueKind.Array || value.RootElement.GetArrayLength() == 0)
            return;
        if (value.RootElement[0].ValueKind == JsonValueKind.Number)
        {
            AddTokens(value.RootElement, request);
            return;
        }

        foreach (var item in value.RootElement.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Array)
                AddTokens(item, request);
            else
                AddText(item.GetString()!, request); // anything but a string has thrown
        }
    }

    private static void AddText(ref Utf8JsonReader reader, ModelRequest request) => AddText(reader.GetString()!, request); // a string token has one

    private static void AddText(string text, ModelRequest request)
    {
        request.PromptWords += Words(Encoding.UTF8.GetBytes(text));
        request.Inputs.Add(Chance.Hash(text, 0));
    }

    private static void AddTokens(JsonElement tokens, ModelRequest request)
    {
        request.PromptWords += tokens.GetArrayLength();
        request.Inputs.Add(Chance.Hash(tokens.GetRawText(), 0));
    }
}
