using System.Net.Http.Json;
using System.Text.Json;

namespace Serving.Rollouts.Tests.Load;

/// <summary>A client that repeats nothing and believes nothing: each answer has to be whole and right.</summary>
internal sealed class HonestClient : IDisposable
{
    /// <summary>What the simulated model says: its pieces are numbered, so a gap shows.</summary>
    private static readonly string Text = string.Join(' ', Enumerable.Range(0, 20).Select(piece => $"t{piece}"));

    private static readonly object Parrots = new { topic = "parrots" };

    // Idle connections are given up long before a proxy gives them up.
    private readonly HttpClient _client;

    public HonestClient(Uri address) => _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15) })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(90),
    };

    public async Task<(Outcome Outcome, string Detail)> CallAsync(string address, string kind)
    {
        var begun = false;
        try
        {
            object body = kind == "batch" ? new { inputs = new[] { Parrots, Parrots } } : new { input = Parrots };
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if ((int)answer.StatusCode != 200)
                return await RefusalAsync(answer);
            begun = kind.StartsWith("stream", StringComparison.Ordinal);
            using var content = await answer.Content.ReadAsStreamAsync();
            return begun ? await StreamAsync(kind, content) : Whole(kind, (await JsonSerializer.DeserializeAsync<JsonElement>(content)));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            return (begun && error is HttpRequestException or IOException ? Outcome.Truncated : Outcome.Wrong, $"{error.GetType().Name}: {error.Message}");
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task<(Outcome Outcome, string Detail)> RefusalAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        var isClean = (int)answer.StatusCode is 502 or 503 or 504 && answer.Content.Headers.ContentType?.MediaType == "application/json"
            && JsonElement.Parse(body).TryGetProperty("message", out _);
        return (isClean ? Outcome.Refused : Outcome.Wrong, $"{(int)answer.StatusCode} {body}");
    }

    private static (Outcome Outcome, string Detail) Whole(string kind, JsonElement json)
    {
        var output = json.GetProperty("output");
        var isRight = kind == "batch" ? output.EnumerateArray().Select(item => item.GetString()).SequenceEqual([Text, Text]) : output.GetString() == Text;
        return isRight ? (Outcome.Good, "") : (Outcome.Wrong, json.ToString());
    }

    private static async Task<(Outcome Outcome, string Detail)> StreamAsync(string kind, Stream content)
    {
        var (text, last) = ("", "");
        using var reader = new StreamReader(content);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                last = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && last == "data")
                text += PieceOf(kind, JsonElement.Parse(line["data: ".Length..]));
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && last == "error")
                return (Outcome.Wrong, line);
        }

        if (last != "end")
            return (Outcome.Wrong, $"the stream ended without an end, behind '{text}'");
        return text == Text ? (Outcome.Good, "") : (Outcome.Wrong, $"the stream said '{text}'");
    }

    /// <summary>What a chunk adds to the chain's answer; of events only those of the chain itself count.</summary>
    private static string? PieceOf(string kind, JsonElement json) =>
        kind == "stream" ? json.GetString()
        : json.GetProperty("event").GetString() == "on_chain_stream" && json.GetProperty("parent_ids").GetArrayLength() == 0 ? json.GetProperty("data").GetProperty("chunk").GetString()
        : "";
}
