using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Serving.Simulator.Tests;

/// <summary>What came over a connection until it ended, and how it ended.</summary>
internal sealed record RawAnswer(byte[] Bytes, bool IsReset)
{
    private string Text => Encoding.UTF8.GetString(Bytes);

    private string Head => Text.Split("\r\n\r\n", 2)[0];

    public int Status => int.Parse(Head.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>The chunks of a chunked body: what was sent by one write each.</summary>
    public IReadOnlyList<string> Chunks => ReadChunks().Chunks;

    /// <summary>Whether the body came to the end that HTTP gives it.</summary>
    public bool IsComplete => Header("Content-Length") is { } length ? BodyBytes.Length == int.Parse(length, CultureInfo.InvariantCulture) : ReadChunks().IsComplete;

    public string Body => Header("Content-Length") is null ? string.Concat(Chunks) : Encoding.UTF8.GetString(BodyBytes);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The JSON of the events that have some.</summary>
    public IReadOnlyList<JsonElement> Events => [.. Chunks
        .Select(chunk => chunk[(chunk.IndexOf("data: ", StringComparison.Ordinal) + 6)..])
        .Where(data => data.StartsWith('{'))
        .Select(data => JsonDocument.Parse(data).RootElement)];

    private byte[] BodyBytes => Bytes[(Bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];

    public string? Header(string name) => Head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .SingleOrDefault();

    private (List<string> Chunks, bool IsComplete) ReadChunks()
    {
        List<string> chunks = [];
        var rest = BodyBytes.AsSpan();
        while (rest.IndexOf("\r\n"u8) is var end and > 0)
        {
            var length = int.Parse(Encoding.ASCII.GetString(rest[..end]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
                return (chunks, true);
            if (rest.Length < end + 2 + length)
                break;
            chunks.Add(Encoding.UTF8.GetString(rest.Slice(end + 2, length)));
            rest = rest[(end + 4 + length)..];
        }

        return (chunks, false);
    }
}
