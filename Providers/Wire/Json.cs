using System.Text.Json;

namespace Serving.Providers.Wire;

/// <summary>Values of an answer that may be of another kind than they should: then they are passed over.</summary>
internal static class Json
{
    /// <summary>The string the reader stands on; null for anything else and for the empty one.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.ValueSpan.IsEmpty ? null : reader.GetString();
        reader.Skip();
        return null;
    }

    /// <summary>The whole number the reader stands on; null for anything else.</summary>
    public static long? Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt64(out var number) ? number : null;
        reader.Skip();
        return null;
    }

    /// <summary>The string after the property's name: the one known, if it is the same or there is none; or the one that was expected, if it is that.</summary>
    public static string? Repeated(ref Utf8JsonReader reader, string? known, string? expected = null)
    {
        reader.Read();
        var text = known ?? expected;
        return text is not null && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(text) ? text : Text(ref reader) ?? known;
    }

    /// <summary>The JSON text of the value the reader stands on.</summary>
    public static string Raw(ref Utf8JsonReader reader)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        return value.RootElement.GetRawText();
    }
}
