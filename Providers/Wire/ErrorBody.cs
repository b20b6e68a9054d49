using System.Text.Json;

namespace Serving.Providers.Wire;

/// <summary>
/// What a provider's error says about itself: its codes, and its sentences in lower case. What it repeats of the request is not among them, so a prompt
/// cannot pass for an error.
/// </summary>
internal sealed class ErrorBody
{
    private const int LongestCode = 64;
    private const int LongestMessage = 1000;
    private const int Deepest = 6;

    private readonly List<string> _words = [];

    private ErrorBody()
    {
    }

    public static ErrorBody None { get; } = new();

    /// <summary>The first of its codes and types that is a plain word.</summary>
    public string? Code { get; private set; }

    /// <summary>A code that is a number.</summary>
    public int? Status { get; private set; }

    /// <summary>Its first sentence, as the provider wrote it.</summary>
    public string? Message { get; private set; }

    /// <summary>Whether it is an error's body at all, as far as can be told.</summary>
    public bool IsComplaint { get; private init; }

    /// <summary>Reads <c>{"error": {…}}</c>, <c>{"error": "…"}</c>, <c>{"message": …}</c>, <c>{"detail": …}</c>, or a list of them.</summary>
    public static ErrorBody Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return Read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return None;
        }
    }

    /// <summary>Whether one of the words is one of its codes.</summary>
    public bool Is(params ReadOnlySpan<string> codes)
    {
        foreach (var code in codes)
        {
            if (_words.Contains(code))
                return true;
        }

        return false;
    }

    /// <summary>Whether one of the phrases occurs in its codes or sentences.</summary>
    public bool Says(params ReadOnlySpan<string> phrases)
    {
        foreach (var phrase in phrases)
        {
            foreach (var word in _words)
            {
                if (word.Contains(phrase, StringComparison.Ordinal))
                    return true;
            }
        }

        return false;
    }

    private static ErrorBody Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0)
            json = json[0];
        if (json.ValueKind != JsonValueKind.Object)
            return None;
        var body = new ErrorBody
        {
            IsComplaint = json.TryGetProperty("error", out var inner) || json.TryGetProperty("message", out _) || json.TryGetProperty("detail", out _),
        };
        body.Take(inner.ValueKind == JsonValueKind.Object ? inner : json, depth: 0);
        return body;
    }

    private void Take(JsonElement json, int depth)
    {
        if (depth > Deepest)
            return;
        switch (json.ValueKind)
        {
            case JsonValueKind.String when json.GetString() is { Length: > 0 } sentence:
                Message ??= sentence.Length > LongestMessage ? sentence[..LongestMessage] : sentence;
                _words.Add(sentence.ToLowerInvariant());
                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                    Take(item, depth + 1);
                break;
            case JsonValueKind.Object:
                foreach (var name in (ReadOnlySpan<string>)["code", "type", "status"])
                    TakeCode(json, name);
                foreach (var name in (ReadOnlySpan<string>)["message", "msg", "detail", "error", "innererror"])
                {
                    if (json.TryGetProperty(name, out var part))
                        Take(part, depth + 1);
                }

                break;
        }
    }

    private void TakeCode(JsonElement error, string name)
    {
        if (!error.TryGetProperty(name, out var value))
            return;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
        {
            Status ??= number;
        }
        else if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } word)
        {
            if (int.TryParse(word, out number))
                Status ??= number;
            else if (word.Length <= LongestCode && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.'))
                Code ??= word;
            _words.Add(word.ToLowerInvariant());
        }
    }
}
