using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Tests.Handlers;

public sealed class StreamTests
{
    [Fact]
    public async Task Stream_Chain_SendsMetadataChunksEnd()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/chat", TestChains.Chat));
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/chat/stream", """{"input": {"topic": "x"}}""");

        Assert.Equal(["metadata", "data", "data", "data", "end"], events.Select(e => e.Name));
        Assert.True(events[0].Json.GetProperty("run_id").TryGetGuid(out _));
        Assert.Equal(["\"Hi\"", "\" \"", "\"you\""], events.Where(e => e.Name == "data").Select(e => e.Data));
        Assert.Null(events[^1].Data);
    }

    [Fact]
    public async Task Stream_Headers_AreThoseOfAnUnbufferedEventStream()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/chat", TestChains.Chat));
        using var client = app.CreateClient();

        using var response = await client.PostAsync("/chat/stream", """{"input": {"topic": "x"}}""");

        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", response.Headers.CacheControl?.ToString());
        Assert.Equal("no", Assert.Single(response.Headers.GetValues("X-Accel-Buffering")));
        Assert.True(response.Headers.TransferEncodingChunked);
    }

    [Fact]
    public async Task Stream_EmptyNullAndSeparators_AreSentAsTheyAreAndOnOneLine()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/s", TestChains.Pieces("a\r\nb\nc", "\u2028x\u2029y\u0085z", "", null)));
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/s/stream", """{"input": 1}""");

        Assert.Equal(
            ["\"a\\r\\nb\\nc\"", "\"\\u2028x\\u2029y\\u0085z\"", "\"\"", "null"],
            events.Where(e => e.Name == "data").Select(e => e.Data));
    }

    [Fact]
    public async Task Stream_NonAsciiText_IsRawUtf8()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/s", TestChains.Pieces("café 你好 </script> \"q\"")));
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/s/stream", """{"input": 1}""");

        Assert.Equal("\"café 你好 </script> \\\"q\\\"\"", events[1].Data);
    }

    [Fact]
    public async Task Stream_NoPieces_StillTellsItsRunId()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/s", TestChains.Pieces<string>()));
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/s/stream", """{"input": 1}""");

        Assert.Equal(["metadata", "end"], events.Select(e => e.Name));
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("stream_log")]
    [InlineData("stream_events")]
    public async Task Stream_FailsAfterItsFirstChunk_EndsWithAnErrorEventAndACleanBody(string endpoint)
    {
        await using var app = await TestHost.StartAsync(null, app =>
        {
            app.MapRunnable("/public", TestChains.Failing(() => new ServingException(ErrorKind.RateLimited, "Slow down.") { RetryAfter = TimeSpan.FromSeconds(3) }, "one"));
            app.MapRunnable("/hidden", TestChains.Failing(() => new InvalidOperationException("secret"), "one"));
        });
        using var client = app.CreateClient();

        var told = (await client.StreamAsync($"/public/{endpoint}", """{"input": 1}"""))[^1];
        var hidden = (await client.StreamAsync($"/hidden/{endpoint}", """{"input": 1}"""))[^1];

        Assert.Equal(("error", "error"), (told.Name, hidden.Name));
        Assert.Equal(429, told.Json.GetProperty("status_code").GetInt32());
        Assert.Equal("Slow down.", told.Json.Message());
        Assert.Equal(500, hidden.Json.GetProperty("status_code").GetInt32());
        Assert.Equal("Internal Server Error", hidden.Json.Message());
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("stream_log")]
    [InlineData("stream_events")]
    public async Task Stream_ChunkWithoutJsonForm_IsAnErrorEventAndNeverHalfAnEvent(string endpoint)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/s", TestChains.Pieces<object>("good", typeof(object), "never")));
        using var client = app.CreateClient();

        var events = await client.StreamAsync($"/s/{endpoint}", """{"input": 1}""");

        Assert.Equal("error", events[^1].Name);
        Assert.Equal(500, events[^1].Json.GetProperty("status_code").GetInt32());
        Assert.All(events.SkipLast(1).Where(e => e.Data is not null), e => _ = e.Json);
        Assert.DoesNotContain(events, e => e.Data?.Contains("never", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task StreamEvents_ChunkWithoutJsonForm_DoesNotWaitForTheChain()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var chain = Runnable.Generator<JsonElement, object>("bad", (_, context) => RunAsync(context));
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/s", chain));
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/s/stream_events", """{"input": 1}""");

        Assert.Equal("error", events[^1].Name);
        await cancelled.Task.OrTimeout();

        async IAsyncEnumerable<object> RunAsync(RunContext context)
        {
            using var _ = context.CancellationToken.Register(() => cancelled.TrySetResult());
            yield return typeof(object);
            await cancelled.Task;
        }
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("stream_log")]
    [InlineData("stream_events")]
    public async Task Stream_CompressionMiddleware_IsNotCompressedAndNotHeldBack(string endpoint)
    {
        var held = new HeldChain("first");
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.AddResponseCompression(options =>
            {
                options.EnableForHttps = true;
                options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "text/event-stream"];
            }),
            app =>
            {
                app.UseResponseCompression();
                app.MapRunnable("/held", held.Runnable);
                app.MapRunnable("/echo", TestChains.Echo);
            });
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, br");

        using var json = await client.PostAsync("/echo/invoke", """{"input": "compress me"}""");
        using var response = await client.PostAsync($"/held/{endpoint}", """{"input": 1}""");
        await held.Held;
        var seen = new List<SseEvent>();
        await foreach (var e in SseEvent.ReadAsync(response, TestContext.Current.CancellationToken))
        {
            seen.Add(e);
            if (e.Data?.Contains("first", StringComparison.Ordinal) == true)
                held.Release();
        }

        Assert.NotEmpty(json.Content.Headers.ContentEncoding);
        Assert.DoesNotContain(response.Content.Headers.ContentEncoding, encoding => encoding is not "identity");
        Assert.Equal("end", seen[^1].Name);
    }

    [Fact]
    public async Task Stream_InvalidRequest_IsAnOrdinaryAnswer()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/chat", TestChains.Chat));
        using var client = app.CreateClient();

        foreach (var endpoint in new[] { "stream", "stream_log", "stream_events" })
        {
            var (status, json) = await client.CallAsync($"/chat/{endpoint}", """{"input": {}}""");
            Assert.Equal(422, status);
            Assert.Equal("""["topic"]""", json.GetProperty("detail")[0].GetProperty("loc").GetRawText());
        }
    }
}
