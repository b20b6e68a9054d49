using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Serving.Observability.Tests.Live;

/// <summary>Calls the host as clients do, and counts what came back. Thread-safe.</summary>
internal sealed class ClientCounts(HttpClient client)
{
    private readonly ConcurrentDictionary<(string Chain, string Endpoint, int Status), int> _requests = new();
    private readonly ConcurrentDictionary<string, int> _chunks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentBag<TimeSpan>> _invokes = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<int> _batches = [];

    public IReadOnlyDictionary<(string Chain, string Endpoint, int Status), int> Requests => _requests;

    /// <summary>Inputs of each batch.</summary>
    public IReadOnlyCollection<int> Batches => _batches;

    /// <summary>How long each invoke of a chain took.</summary>
    public IReadOnlyCollection<TimeSpan> Invokes(string chain) => _invokes[chain];

    /// <summary>Events of data that came in all streams of a chain.</summary>
    public int Chunks(string chain) => _chunks[chain];

    public async Task<int> InvokeAsync(string chain, object input)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await client.PostAsJsonAsync($"/{chain}/invoke", new { input }, TestContext.Current.CancellationToken);
        _invokes.GetOrAdd(chain, _ => []).Add(Stopwatch.GetElapsedTime(started));
        return Count(chain, "invoke", (int)answer.StatusCode);
    }

    public async Task BatchAsync(string chain, params object[] inputs)
    {
        using var answer = await client.PostAsJsonAsync($"/{chain}/batch", new { inputs }, TestContext.Current.CancellationToken);
        _batches.Add(inputs.Length);
        Count(chain, "batch", (int)answer.StatusCode);
    }

    /// <summary>Reads a stream to its end. If that is an error, its status counts.</summary>
    public async Task<int> StreamAsync(string chain, string endpoint, object input)
    {
        using var answer = await client.PostAsJsonAsync($"/{chain}/{endpoint}", new { input }, TestContext.Current.CancellationToken);
        var events = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n\r\n");
        _chunks.AddOrUpdate(chain, Data(events), (_, chunks) => chunks + Data(events));
        var error = events.FirstOrDefault(one => one.StartsWith("event: error\r\ndata: ", StringComparison.Ordinal));
        var status = error is null ? (int)answer.StatusCode : JsonElement.Parse(error["event: error\r\ndata: ".Length..]).GetProperty("status_code").GetInt32();
        return Count(chain, endpoint, status);
    }

    /// <summary>Opens a stream and reads its beginning; whoever disposes the answer leaves it, which counts as 499.</summary>
    public async Task<IDisposable> OpenStreamAsync(string chain, object input)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{chain}/stream") { Content = JsonContent.Create(new { input }) };
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != "event: data")
        {
        }

        Count(chain, "stream", 499);
        return answer;
    }

    public async Task GetAsync(string chain, string endpoint, string path)
    {
        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Count(chain, endpoint, (int)answer.StatusCode);
    }

    private static int Data(string[] events) => events.Count(one => one.StartsWith("event: data\r\n", StringComparison.Ordinal));

    private int Count(string chain, string endpoint, int status)
    {
        _requests.AddOrUpdate((chain, endpoint, status), 1, (_, count) => count + 1);
        return status;
    }
}
