using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Options;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Metrics;

/// <summary>What the metrics tell is what clients saw, exactly.</summary>
public sealed class RequestMetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_OfMixedLoad_AreTheClientsOwn()
    {
        await using var app = await MetricsHost.StartAsync(Map);
        using var client = app.CreateClient();
        var requests = new ConcurrentDictionary<string, int>();
        var chunks = new ConcurrentDictionary<string, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 300), Token, async (i, _) =>
        {
            var (chain, endpoint, body) = (i % 10) switch
            {
                0 => ("chat", "invoke", """{"input": {"topic": "you"}}"""),
                1 => ("chat", "invoke", """{"input": {}}"""),
                2 => ("chat", "invoke", "{"),
                3 => ("chat", "batch", """{"inputs": [{"topic": "a"}, {}, {"topic": "c"}], "return_exceptions": true}"""),
                4 => ("chat", "stream", """{"input": {"topic": "you"}}"""),
                5 => ("chat", "stream_events", """{"input": {"topic": "you"}}"""),
                6 => ("chat", "stream_log", """{"input": {"topic": "you"}}"""),
                7 => ("broken", "stream", """{"input": 1}"""),
                8 => ("limited", "stream", """{"input": 1}"""),
                _ => ("limited", "invoke", """{"input": 1}"""),
            };
            using var response = await client.PostAsync($"/{chain}/{endpoint}", body);
            var text = await response.Content.ReadAsStringAsync(Token);
            var status = (int)response.StatusCode;
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                var events = SseEvent.ParseAll(text);
                chunks.AddOrUpdate($"{{chain=\"{chain}\",endpoint=\"{endpoint}\"}}", events.Count(e => e.Name == "data"), (_, sum) => sum + events.Count(e => e.Name == "data"));
                status = events.FirstOrDefault(e => e.Name == "error")?.Json.GetProperty("status_code").GetInt32() ?? status;
            }

            requests.AddOrUpdate($"serving_requests_total{{chain=\"{chain}\",endpoint=\"{endpoint}\",status=\"{status}\"}}", 1, (_, count) => count + 1);
        });

        var scrape = await Scrape.UntilAsync(client, app.Metrics(), scrape => scrape.Sum("serving_requests_total") >= 300);
        Assert.Equal(
            requests.ToDictionary(pair => pair.Key, pair => (double)pair.Value),
            scrape.Values.Where(pair => pair.Key.StartsWith("serving_requests_total", StringComparison.Ordinal)).ToDictionary());
        Assert.All(chunks, pair => Assert.Equal(pair.Value, scrape[$"serving_stream_chunks_sum{pair.Key}"]));
        Assert.Equal(300, scrape.Sum("serving_request_duration_seconds_count"));
        Assert.Equal(300, scrape.Sum("serving_host_overhead_seconds_count"));
        Assert.Equal((30, 90), (scrape["serving_batch_size_count{chain=\"chat\"}"], scrape["serving_batch_size_sum{chain=\"chat\"}"]));
        Assert.Equal(90, scrape.Sum("serving_time_to_first_chunk_seconds_count", "chain=\"chat\""));
        Assert.Equal(30 * 2, scrape["serving_chunk_interval_seconds_count{chain=\"chat\",endpoint=\"stream\"}"]);
        Assert.Equal(
            [
                """{chain="broken",endpoint="stream",type="internal"} 30""",
                """{chain="chat",endpoint="batch",type="invalid_input"} 30""",
                """{chain="chat",endpoint="invoke",type="invalid_input"} 30""",
                """{chain="chat",endpoint="invoke",type="invalid_json"} 30""",
                """{chain="limited",endpoint="invoke",type="rate_limited"} 30""",
                """{chain="limited",endpoint="stream",type="rate_limited"} 30""",
            ],
            scrape.Values.Where(pair => pair.Key.StartsWith("serving_errors_total", StringComparison.Ordinal))
                .Select(pair => $"{pair.Key["serving_errors_total".Length..]} {pair.Value}").Order(StringComparer.Ordinal));
        Assert.Equal((0, 0), (scrape["serving_requests_in_flight"], scrape["serving_streams_active"]));
    }

    [Theory]
    [InlineData("invoke")]
    [InlineData("stream")]
    [InlineData("stream_events")]
    public async Task Client_ThatLeaves_IsCountedAs499AndNoError(string endpoint)
    {
        var held = new HeldChain("first");
        await using var app = await MetricsHost.StartAsync(map => map.MapRunnable("/held", held.Runnable));
        using var client = app.CreateClient();
        using var leaving = new CancellationTokenSource();

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/held/{endpoint}") { Content = new StringContent("""{"input": 1}""") };
        var call = client.SendAsync(request, HttpCompletionOption.ResponseContentRead, leaving.Token);
        await held.Held;
        var during = await Scrape.OfAsync(client, app.Metrics());
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await held.Over;

        var after = await Scrape.UntilAsync(client, app.Metrics(), scrape => scrape.Sum("serving_requests_total") > 0);
        Assert.Equal((1, endpoint == "invoke" ? 0 : 1), (during["serving_requests_in_flight"], during["serving_streams_active"]));
        Assert.Equal(1, after[$"serving_requests_total{{chain=\"held\",endpoint=\"{endpoint}\",status=\"499\"}}"]);
        Assert.Equal(1, after.Sum("serving_request_duration_seconds_count"));
        Assert.Equal(0, after.Sum("serving_errors_total"));
        Assert.Equal((0, 0), (after["serving_requests_in_flight"], after["serving_streams_active"]));
    }

    [Fact]
    public async Task Requests_OverTheLimit_AreCountedAsRejected()
    {
        var held = new HeldChain();
        await using var app = await MetricsHost.StartAsync(
            map => map.MapRunnable("/held", held.Runnable),
            builder => builder.Services.Configure<ServingLimits>(limits => limits.MaxConcurrentRequests = 1));
        using var client = app.CreateClient();
        var first = client.CallAsync("/held/invoke", """{"input": 1}""");
        await held.Held;

        for (var i = 0; i < 3; i++)
            Assert.Equal(503, (await client.CallAsync("/held/invoke", """{"input": 1}""")).Status);
        held.Release();
        await first;

        var scrape = await Scrape.UntilAsync(client, app.Metrics(), scrape => scrape.Sum("serving_requests_total") >= 4);
        Assert.Equal(1, scrape["serving_requests_limit"]);
        Assert.Equal(3, scrape["serving_requests_rejected_total{reason=\"overloaded\"}"]);
        Assert.Equal(0, scrape["serving_requests_rejected_total{reason=\"shutting_down\"}"]);
        Assert.Equal(3, scrape["serving_requests_total{chain=\"held\",endpoint=\"invoke\",status=\"503\"}"]);
        Assert.Equal(3, scrape["serving_errors_total{chain=\"held\",endpoint=\"invoke\",type=\"overloaded\"}"]);
        Assert.Equal((1, 1), (scrape.Sum("serving_request_duration_seconds_count"), scrape.Sum("serving_host_overhead_seconds_count")));
    }

    [Fact]
    public async Task Requests_ThatReachNoHandler_AreCountedOnceWithTheChainOrNone()
    {
        await using var app = await MetricsHost.StartAsync(map =>
        {
            map.MapRunnable("/guarded", TestChains.Echo).AddEndpointFilter((context, next) => ValueTask.FromResult<object?>(Results.StatusCode(403)));
            map.MapRunnable("/echo", TestChains.Echo);
            map.MapGet("/mine", () => Results.StatusCode(500));
        });
        using var client = app.CreateClient();
        using var big = new HttpRequestMessage(HttpMethod.Get, "/echo/input_schema");
        big.Headers.Add("X-Big", new string('x', new ServingLimits().MaxHeaderBytes));

        (await client.PostAsync("/guarded/invoke", """{"input": 1}""")).Dispose();
        (await client.GetAsync("/nowhere", Token)).Dispose();
        (await client.GetAsync("/echo/invoke", Token)).Dispose();
        (await client.GetAsync("/mine", Token)).Dispose();
        (await client.GetAsync("/echo/output_schema", Token)).Dispose();
        (await client.SendAsync(big, Token)).Dispose();

        var scrape = await Scrape.UntilAsync(client, app.Metrics(), scrape => scrape.Sum("serving_requests_total") >= 5);
        Assert.Equal(
            [
                """{chain="echo",endpoint="output_schema",status="200"} 1""",
                """{chain="guarded",endpoint="invoke",status="403"} 1""",
                """{chain="none",endpoint="none",status="404"} 1""",
                """{chain="none",endpoint="none",status="405"} 1""",
                """{chain="none",endpoint="none",status="431"} 1""",
            ],
            scrape.Values.Where(pair => pair.Key.StartsWith("serving_requests_total", StringComparison.Ordinal))
                .Select(pair => $"{pair.Key["serving_requests_total".Length..]} {pair.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Labels_TenThousandHostileRequests_AddNoSeries()
    {
        await using var app = await MetricsHost.StartAsync(Map);
        using var client = app.CreateClient();
        var dice = new Random(7);
        await AttackAsync(0);
        var before = await Scrape.UntilAsync(client, app.Metrics(), scrape => scrape.Sum("serving_requests_total") >= 4);

        for (var i = 1; i <= 2500; i++)
            await AttackAsync(i);

        var after = await Scrape.UntilAsync(client, app.Metrics(), scrape => scrape.Sum("serving_requests_total") >= 4 * 2501);
        Assert.Equal(Series(before), Series(after));
        Assert.DoesNotContain("evil", after.Text, StringComparison.Ordinal);

        async Task AttackAsync(int i)
        {
            var word = $"evil-{i}-{dice.Next()}";
            using var path = await client.PostAsync($"/{word}/invoke", """{"input": 1}""");
            using var config = await client.PostAsync(
                "/chat/invoke",
                """{"input": {"topic": "W"}, "config": {"run_name": "W", "tags": ["W"], "metadata": {"model": "W"}, "configurable": {"model": "W"}}}""".Replace("W", word, StringComparison.Ordinal));
            using var method = new HttpRequestMessage(new HttpMethod($"EVIL{i}"), "/chat/invoke");
            method.Headers.TryAddWithoutValidation("traceparent", word);
            using var wrong = await client.SendAsync(method, Token);
            using var headers = new HttpRequestMessage(HttpMethod.Get, $"/chat/c/{word}/input_schema?{word}={word}");
            headers.Headers.Host = $"{word}.example";
            headers.Headers.TryAddWithoutValidation("User-Agent", word);
            headers.Headers.TryAddWithoutValidation("X-" + word, word);
            using var schema = await client.SendAsync(headers, Token);
        }

        // Buckets fill, and connections come and go, but what they are told by stays.
        static IEnumerable<string> Series(Scrape scrape) => scrape.Values.Keys
            .Where(key => !key.StartsWith("dotnet_", StringComparison.Ordinal) && !key.StartsWith("kestrel_", StringComparison.Ordinal) && !key.StartsWith("http_client_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Metrics_OfTwoHostsInOneProcess_AreKeptApart()
    {
        await using var left = await MetricsHost.StartAsync(Map);
        await using var right = await MetricsHost.StartAsync(Map);
        using var client = left.CreateClient();
        using var other = right.CreateClient();

        for (var i = 0; i < 3; i++)
            await client.CallAsync("/chat/invoke", """{"input": {"topic": "you"}}""");
        await other.CallAsync("/chat/invoke", """{"input": {"topic": "you"}}""");

        var first = await Scrape.UntilAsync(client, left.Metrics(), scrape => scrape.Sum("serving_requests_total") >= 3);
        var second = await Scrape.UntilAsync(client, right.Metrics(), scrape => scrape.Sum("serving_requests_total") >= 1);
        Assert.Equal((3, 1), (first.Sum("serving_requests_total"), second.Sum("serving_requests_total")));
        Assert.Equal(1, first.Sum("kestrel_active_connections"));
    }

    [Fact]
    public async Task Overhead_OfModelsSideBySide_IsTheTimeThatNoneWasWaitedFor()
    {
        var time = new ManualTimeProvider();
        var (one, two) = (new HeldModel(), new HeldModel());
        var prompt = ChatPromptTemplate.FromMessages(("human", "{topic}"));
        var both = Runnable.Parallel<Runtime.Streaming.ChainValues>(
            ("one", prompt.Pipe(new ChatModel(one)).Pipe(new StrOutputParser())),
            ("two", prompt.Pipe(new ChatModel(two)).Pipe(new StrOutputParser())));
        var step = new HeldChain();
        await using var app = await MetricsHost.StartAsync(
            map => map.MapRunnable("/both", both.Pipe(Runnable.Lambda<Runtime.Streaming.ChainValues, JsonElement>("element", _ => default)).Pipe(step.Runnable)),
            builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var client = app.CreateClient();

        var call = client.CallAsync("/both/invoke", """{"input": {"topic": "you"}}""");
        await Task.WhenAll(one.Asked, two.Asked).OrTimeout();
        time.Advance(TimeSpan.FromSeconds(2));
        one.Answer();
        time.Advance(TimeSpan.FromSeconds(3));
        two.Answer();
        await step.Held;
        time.Advance(TimeSpan.FromSeconds(4));
        step.Release();
        Assert.Equal(200, (await call).Status);

        var scrape = await Scrape.UntilAsync(client, app.Metrics(), scrape => scrape.Sum("serving_requests_total") > 0);
        Assert.Equal(9, scrape.Sum("serving_request_duration_seconds_sum"));
        Assert.Equal(4, scrape.Sum("serving_host_overhead_seconds_sum"));
    }

    private static void Map(WebApplication app)
    {
        app.MapRunnable("/chat", TestChains.Chat);
        app.MapRunnable("/broken", TestChains.Failing(() => new InvalidOperationException("secret"), "one", "two"));
        app.MapRunnable("/limited", TestChains.Failing(() => new StatusException(429, "Slow down.")));
    }
}
