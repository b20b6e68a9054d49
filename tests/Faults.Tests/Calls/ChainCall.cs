using System.Net;
using System.Text;
using System.Text.Json;

namespace Serving.Faults.Tests.Calls;

/// <summary>A request to a served chain, and its answer as far as it has come.</summary>
internal sealed class ChainCall
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _arguments = new();
    private readonly List<string> _texts = [];
    private readonly HashSet<string> _callIds = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The status of the answer.</summary>
    public int Status { get; private set; }

    public string? RetryAfter { get; private set; }

    /// <summary>Pieces of text, as they came; of a whole answer the text.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>The arguments of all tool calls, as they came.</summary>
    public string Arguments => _arguments.ToString();

    /// <summary>The ids of tool calls; each is told once.</summary>
    public IReadOnlyCollection<string> CallIds => _callIds;

    public string? FinishReason { get; private set; }

    /// <summary>What an error said, in a body or an event.</summary>
    public string? Message { get; private set; }

    /// <summary>The status of an error event.</summary>
    public int? EventStatus { get; private set; }

    /// <summary>Whether a stream said that it ended well.</summary>
    public bool HasEnd { get; private set; }

    /// <summary>All that came, headers included.</summary>
    public string Raw { get; private set; } = "";

    /// <summary>Completes when a stream's status and first event are there.</summary>
    public Task Begun => WhenAsync(() => HasBegun, CancellationToken.None);

    private bool HasBegun { get; set; }

    public async Task RunAsync(HttpClient http, string chain, string endpoint, CancellationToken cancellationToken, string question = "How far can you count?")
    {
        var input = chain == "text" ? $$"""{"question":"{{question}}"}""" : $"\"{question}\"";
        var body = endpoint == "batch" ? $$"""{"inputs":[{{input}}]}""" : $$"""{"input":{{input}}}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{chain}/{endpoint}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Status = (int)response.StatusCode;
        RetryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? Assert.Single(values) : null;
        Raw = response.Headers.ToString() + response.Content.Headers;
        if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            await ReadEventsAsync(response, endpoint, cancellationToken);
        else
            Read(await response.Content.ReadAsStringAsync(cancellationToken), response.StatusCode, endpoint);
    }

    /// <summary>Completes when the condition on what has come holds.</summary>
    public async Task WhenAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition())
                    return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Read(string body, HttpStatusCode status, string endpoint)
    {
        Raw += body;
        using var json = JsonDocument.Parse(body);
        if (status != HttpStatusCode.OK)
        {
            Message = json.RootElement.GetProperty("message").GetString();
            Assert.True(json.RootElement.TryGetProperty("run_id", out _));
            return;
        }

        var output = json.RootElement.GetProperty("output");
        if (endpoint == "batch")
        {
            Assert.Equal(1, output.GetArrayLength());
            output = output[0];
        }

        Take(output);
    }

    private async Task ReadEventsAsync(HttpResponseMessage response, string endpoint, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var raw = new StringBuilder(Raw);
        var name = "";
        var isOver = false;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            raw.AppendLine(line);
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                Assert.False(isOver, "Nothing follows an error or the end.");
                name = line["event: ".Length..];
                isOver = name is "end" or "error";
                HasEnd |= name == "end";
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(line["data: ".Length..]);
                Change(() => TakeEvent(name, json.RootElement, endpoint));
            }
        }

        Raw = raw.ToString();
    }

    private void TakeEvent(string name, JsonElement json, string endpoint)
    {
        HasBegun = true;
        if (name == "error")
        {
            EventStatus = json.GetProperty("status_code").GetInt32();
            Message = json.GetProperty("message").GetString();
            Assert.True(json.TryGetProperty("run_id", out _));
        }
        else if (name == "data" && endpoint == "stream")
        {
            Take(json);
        }
        else if (name == "data" && json.GetProperty("event").GetString() == "on_chat_model_stream")
        {
            Take(json.GetProperty("data").GetProperty("chunk"));
        }
    }

    /// <summary>A text, or a message with text and tool calls, whole or a piece.</summary>
    private void Take(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            // The last pieces of a stream tell of its end and of tokens, and have no text.
            if (value.GetString() is { Length: > 0 } piece)
                _texts.Add(piece);
            return;
        }

        if (value.GetProperty("content").GetString() is { Length: > 0 } text)
            _texts.Add(text);
        if (value.TryGetProperty("response_metadata", out var metadata) && metadata.TryGetProperty("finish_reason", out var reason))
            FinishReason = reason.GetString();
        foreach (var call in Calls(value))
        {
            if (call.GetProperty("id").GetString() is { } id)
                Assert.True(_callIds.Add(id), $"The tool call '{id}' was told twice.");
            var arguments = call.GetProperty("args");
            _arguments.Append(arguments.ValueKind == JsonValueKind.String ? arguments.GetString() : arguments.ValueKind == JsonValueKind.Null ? "" : arguments.GetRawText());
        }
    }

    private static JsonElement.ArrayEnumerator Calls(JsonElement message) =>
        message.TryGetProperty("tool_call_chunks", out var chunks) && chunks.GetArrayLength() > 0 ? chunks.EnumerateArray()
        : message.TryGetProperty("tool_calls", out var calls) ? calls.EnumerateArray()
        : default;

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }
}
