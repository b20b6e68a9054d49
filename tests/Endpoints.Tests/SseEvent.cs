using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Serving.Endpoints.Tests;

/// <summary>A server-sent event as it stood on the wire; a comment has the name <c>:</c>.</summary>
internal sealed record SseEvent(string Name, string? Data)
{
    public JsonElement Json => JsonElement.Parse(Data!);

    /// <summary>Reads a whole body, strictly: every line ends in CRLF, every event in an empty line, and every line is one this wire has.</summary>
    public static IReadOnlyList<SseEvent> ParseAll(string body)
    {
        var bare = body.Replace("\r\n", "", StringComparison.Ordinal);
        Assert.DoesNotContain('\n', bare);
        Assert.DoesNotContain('\r', bare);
        if (body.Length == 0)
            return [];
        Assert.EndsWith("\r\n\r\n", body, StringComparison.Ordinal);
        return [.. body[..^4].Split("\r\n\r\n").Select(block => Parse(block.Split("\r\n")))];
    }

    /// <summary>Reads events as they come.</summary>
    public static async IAsyncEnumerable<SseEvent> ReadAsync(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var lines = new List<string>();
        while (await reader.ReadLineAsync(cancellationToken).AsTask().WaitAsync(TestHost.Timeout, cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                lines.Add(line);
                continue;
            }

            yield return Parse([.. lines]);
            lines.Clear();
        }

        Assert.Empty(lines);
    }

    private static SseEvent Parse(string[] lines)
    {
        if (lines[0].StartsWith(": ", StringComparison.Ordinal))
            return new SseEvent(":", Assert.Single(lines)[2..]);
        Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
        if (lines.Length == 1)
            return new SseEvent(lines[0]["event: ".Length..], null);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
        return new SseEvent(lines[0]["event: ".Length..], lines[1]["data: ".Length..]);
    }
}
