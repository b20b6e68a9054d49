using System.Text.Json;

namespace Serving.Providers.Wire;

/// <summary>What a provider's error says about itself. Its text serves to classify the error and goes nowhere else.</summary>
/// <param name="Code">The first of its codes and types that is a plain word.</param>
/// <param name="Status">A code that is a number.</param>
/// <param name="Text">All that was said, in lower case.</param>
internal readonly record struct ErrorBody(string? Code, int? Status, string Text)
{
    private const int LongestCode = 64;

    public static ErrorBody None { get; } = new(null, null, "");

    /// <summary>Whether it is an error's body at all, as far as can be told.</summary>
    public bool IsComplaint { get; private init; }

    public static ErrorBody Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return None;
        }
    }

    /// <summary>Reads <c>{"error": {…}}</c>, <c>{"error": "…"}</c>, <c>{"message": …}</c>, <c>{"detail": …}</c>, or a list of them.</summary>
    public static ErrorBody Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0)
            json = json[0];
        if (json.ValueKind != JsonValueKind.Object)
            return None;
        var error = json.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : json;
        string? code = null;
        int? status = null;
        Take(error, "code", ref code, ref status);
        Take(error, "type", ref code, ref status);
        Take(error, "status", ref code, ref status);
        return new ErrorBody(code, status, error.GetRawText().ToLowerInvariant())
        {
            IsComplaint = json.TryGetProperty("error", out _) || json.TryGetProperty("message", out _) || json.TryGetProperty("detail", out _),
        };
    }

    /// <summary>Whether one of the words is the code or occurs in the text.</summary>
    public bool Says(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (string.Equals(Code, word, StringComparison.OrdinalIgnoreCase) || Text.Contains(word, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static void Take(JsonElement error, string name, ref string? code, ref int? status)
    {
        if (!error.TryGetProperty(name, out var value))
            return;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
            status ??= number;
        else if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } word)
        {
            if (int.TryParse(word, out number))
                status ??= number;
            else if (word.Length <= LongestCode && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.'))
                code ??= word;
        }
    }
}
