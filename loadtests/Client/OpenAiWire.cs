using System.Text;
using System.Text.Json;

namespace Serving.LoadTests.Client;

/// <summary>The wire of OpenAI's chat completions, which the simulator speaks, and gateways do.</summary>
public sealed class OpenAiWire : Wire
{
    private OpenAiWire()
    {
    }

    /// <summary>The one there is.</summary>
    public static OpenAiWire Instance { get; } = new();

    /// <summary>Makes a request for a completion; a batch there is not.</summary>
    /// <param name="kind">Whether it is streamed.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="messages">The messages, as a JSON array.</param>
    /// <param name="pieces">How many numbered pieces an answer must have; null if texts are not looked at.</param>
    public static LoadRequest Request(RequestKind kind, string model, string messages, int? pieces = null) => new()
    {
        Wire = Instance,
        Kind = kind == RequestKind.Stream ? RequestKind.Stream : RequestKind.Invoke,
        Path = "/v1/chat/completions",
        Headers = "Authorization: Bearer key\r\n",
        Body = Encoding.UTF8.GetBytes(kind == RequestKind.Stream
            ? $$$"""{"model":"{{{model}}}","messages":{{{messages}}},"stream":true,"stream_options":{"include_usage":true}}"""
            : $$"""{"model":"{{model}}","messages":{{messages}}}"""),
        Pieces = pieces,
    };

    /// <inheritdoc/>
    public override string? Check(LoadRequest request, ReadOnlySpan<byte> body, out IReadOnlyList<int> failures)
    {
        ArgumentNullException.ThrowIfNull(request);
        failures = [];
        try
        {
            if (!TryFindContent(body, out var content))
                return "no content";
            return request.Pieces is not { } pieces || content.SequenceEqual(NumberedText.Of(pieces)) ? null : "a content that is not the one asked for";
        }
        catch (JsonException)
        {
            return "no JSON";
        }
    }

    /// <inheritdoc/>
    public override EventKind Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text, out int status)
    {
        text = default;
        status = 0;
        if (data.SequenceEqual("[DONE]"u8))
            return EventKind.End;
        if (data.StartsWith("{\"error\""u8))
            return EventKind.Error;
        try
        {
            return TryFindContent(data, out text) ? EventKind.Piece : EventKind.Other;
        }
        catch (JsonException)
        {
            text = data;
            return EventKind.Piece;
        }
    }

    /// <summary>Finds the first property of this name that is a string, and reads all to its end.</summary>
    private static bool TryFindContent(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> content)
    {
        content = default;
        var isFound = false;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (isFound || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("content"u8) || !reader.Read() || reader.TokenType != JsonTokenType.String)
                continue;
            isFound = true;
            content = json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        }

        return isFound;
    }
}
