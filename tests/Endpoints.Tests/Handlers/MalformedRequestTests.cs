using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Serving.ConformanceHost;
using Serving.Endpoints.Config;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Handlers;

/// <summary>Requests that were broken by a seeded hand: whatever they are, they are the caller's fault or fine.</summary>
public sealed class MalformedRequestTests
{
    private const int Seed = 20261120;
    private const int Requests = 10_000;
    private const int Connections = 4;

    private static readonly string[] Chains = ["echo", "add_one", "chat_str", "chat_model", "parallel", "configurable", "tool", "message_list", "show_config_all", "rag", "history", "llm", "retriever", "pydantic_input"];
    private static readonly string[] Endpoints = ["invoke", "batch", "stream", "stream_log", "stream_events"];
    private static readonly string[] Hashes = ["N4XyA", ConfigHash.Encode("""{"configurable":{"llm":"other"},"tags":["a"],"metadata":{"b":1}}"""), "not-a-hash", "%01", "a%2Bb"];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e999", "-0.0", "123456789012345678901234567890", "9223372036854775808", "2147483648", "1.5", "\"\"", "\"x\"", "\"5\"", "[]", "{}",
        "[[]]", "[null]", "[1,\"a\",{}]", "{\"\":1}", "{\"a\":{\"b\":[1]}}", "{\"topic\":\"x\"}", "{\"name\":1}", "{\"type\":\"human\",\"content\":\"x\"}",
        "[{\"type\":\"tool\",\"content\":\"x\"}]", "[{\"type\":\"ai\",\"tool_calls\":5}]", "{\"messages\":[{\"type\":\"ai\",\"content\":[{\"type\":1}]}]}", "{\"messages\":7}",
        "{\"type\":\"ChatPromptValueConcrete\",\"messages\":[[]]}", "[{\"type\":\"ai\",\"content\":\"\",\"usage_metadata\":{\"input_tokens\":1e300}}]",
        "[[\"human\",\"x\"]]", "[{\"role\":\"user\"}]", "{\"a\":1,\"b\":\"x\"}", "{\"x\":1}", "{\"question\":[]}", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"12345678-1234-5678-1234-567812345678\"",
        "[{\"type\":\"ai\",\"content\":\"a\",\"tool_calls\":[{\"name\":5,\"args\":[],\"id\":{}}],\"response_metadata\":[],\"additional_kwargs\":null}]",
        "[{\"type\":\"human\",\"content\":{\"a\":1}}]", "[{\"type\":\"human\",\"content\":null,\"id\":5,\"name\":[]}]",
    ];

    private static readonly string[] Keys =
        ["input", "inputs", "config", "kwargs", "include_names", "exclude_tags", "include_types", "return_exceptions", "diff", "tags", "metadata", "run_id", "recursion_limit", "max_concurrency", "configurable", "llm", "template", "session_id", "", "x"];

    [Fact]
    public async Task Requests_Malformed_AreNeverTheHostsFault()
    {
        await using var app = await TestHost.StartAsync(null, app =>
        {
            app.MapConformanceChains();
            app.MapRunnable("/message_list", Runnable.Lambda<IReadOnlyList<ChatMessage>, IReadOnlyList<ChatMessage>>("message_list", messages => messages));
        });
        var next = -1;

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false, AllowAutoRedirect = false })
            {
                BaseAddress = new Uri(app.Urls.First()),
                Timeout = TestHost.Timeout,
            };
            int index;
            while ((index = Interlocked.Increment(ref next)) < Requests)
                await SendAsync(client, index);
        }));

        using var good = app.CreateClient();
        var (status, json) = await good.CallAsync("/add_one/invoke", """{"input": 1}""");
        Assert.Equal((200, 2), (status, json.GetProperty("output").GetInt32()));
    }

    private static async Task SendAsync(HttpClient client, int index)
    {
        var random = new Random(unchecked(Seed + (index * 7919)));
        using var request = Make(random, out var sent);
        var told = $"request {index} of seed {Seed}: {sent}";
        try
        {
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.True((int)response.StatusCode is 200 or (>= 400 and < 500), $"{(int)response.StatusCode} {text}, {told}");
            Assert.False(text.Contains("Exception", StringComparison.Ordinal) || text.Contains("   at ", StringComparison.Ordinal), $"{text}, {told}");
            Assert.False(text.Contains("event: error", StringComparison.Ordinal), $"{text}, {told}");
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
                Assert.Equal("end", SseEvent.ParseAll(text)[^1].Name);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            Assert.Fail($"{error.Message}, {told}");
        }
    }

    private static HttpRequestMessage Make(Random random, out string sent)
    {
        var endpoint = Pick(random, Endpoints);
        var hash = random.Next(6) == 0 ? $"/c/{Pick(random, Hashes)}" : "";
        var path = $"/{Pick(random, Chains)}{hash}/{endpoint}";
        if (random.Next(25) == 0)
            path = random.Next(3) switch { 0 => path + "/", 1 => path[..random.Next(1, path.Length)], _ => path.Insert(random.Next(1, path.Length), "%2F") };
        var method = random.Next(25) == 0 ? Pick(random, ["GET", "PUT", "OPTIONS", "DELETE", "PATCH", "HEAD", "WEIRD"]) : "POST";
        var body = Break(random, Encoding.UTF8.GetBytes(Body(random, endpoint)));
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is not ("GET" or "HEAD"))
        {
            request.Content = new ByteArrayContent(body);
            if (random.Next(5) == 0)
                request.Headers.TransferEncodingChunked = true;
            if (random.Next(3) == 0)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick(random, ["application/json; charset=utf-16", "text/html", ";;;", "multipart/form-data"]));
            if (random.Next(10) == 0)
                request.Content.Headers.TryAddWithoutValidation("Content-Encoding", Pick(random, ["gzip", "br", "nonsense"]));
        }

        if (random.Next(5) == 0)
            request.Headers.TryAddWithoutValidation(Pick(random, ["Accept", "User-Agent", "Accept-Encoding", "Cookie", "Range", "If-None-Match"]), Pick(random, ["*", "a, b;q=x", "bytes=0-1", "((("]));
        sent = $"{method} {path} {Encoding.Latin1.GetString(body.AsSpan(0, Math.Min(body.Length, 400)))}";
        return request;
    }

    private static string Body(Random random, string endpoint)
    {
        var input = endpoint == "batch" ? $"\"inputs\": [{Value(random)}, {Value(random)}]" : $"\"input\": {Value(random)}";
        var body = new StringBuilder("{").Append(input);
        for (var extra = random.Next(4); extra > 0; extra--)
        {
            var config = Pick(random, Keys);
            body.Append(", \"").Append(config).Append("\": ").Append(random.Next(3) == 0 ? Value(random) : $"{{\"{Pick(random, Keys)}\": {Value(random)}, \"{Pick(random, Keys)}\": {Value(random)}}}");
        }

        return body.Append('}').ToString();
    }

    private static string Value(Random random)
    {
        var value = Pick(random, Values);
        for (var nesting = random.Next(30) == 0 ? random.Next(1, 400) : random.Next(3) / 2; nesting > 0; nesting--)
            value = random.Next(2) == 0 ? $"[{value}]" : $"{{\"{Pick(random, Keys)}\": {value}}}";
        return value;
    }

    private static byte[] Break(Random random, byte[] body)
    {
        switch (random.Next(8))
        {
            case 0:
                return body[..random.Next(body.Length)];
            case 1:
                for (var i = random.Next(1, 4); i > 0; i--)
                    body[random.Next(body.Length)] = (byte)random.Next(256);
                return body;
            case 2:
                var junk = new byte[random.Next(200)];
                random.NextBytes(junk);
                return junk;
            case 3 when random.Next(3) == 0:
                return Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body));
            case 4 when random.Next(3) == 0:
                return [.. body, .. body];
            default:
                return body;
        }
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
