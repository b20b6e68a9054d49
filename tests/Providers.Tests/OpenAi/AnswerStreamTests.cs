using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Serving.Providers.OpenAi;
using Serving.Providers.Wire;
using Serving.Runtime.Chat;

namespace Serving.Providers.Tests.OpenAi;

public sealed class AnswerStreamTests
{
    private const string End = """data: {"id":"r1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n";

    private const string Awkward = ": comment\r\n\r\ndata:\r\n\r\nevent: ping\ndata: {}x\n\nid: 1\ndata: {\"id\":\"r1\",\"model\":\"m\",\"choices\":[]}\r\n\r\n"
        + "data: {\"id\":\"r1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n"
        + "data:{\"id\":\"r1\",\"model\":\"m\",\"choices\":[{\"index\":0,\n"
        + "data:\"delta\":{\"content\":\"Grüße\"}}],\"x\":[{}]}\r\r"
        + "data: {\"id\":\"r1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" 😀\\n\"}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n: keep-alive\n\n"
        + "data: {\"id\":\"r1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: {\"id\":\"r1\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\n"
        + "data: [DONE]\n\ndata: [DONE]\n\n";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task Stream_AnySplit_GivesTheSameUpdates(int size)
    {
        await using var provider = await ScriptedProvider.StreamingAsync(Awkward, size);

        var updates = await provider.StreamAsync();

        Assert.Equal(["Grüße", " 😀\n", "", ""], updates.Select(update => update.Text));
        Assert.All(updates, update => Assert.Equal(("r1", "m"), (update.ResponseId, update.ModelId)));
        Assert.Equal([null, null, ChatFinishReason.Stop, null], updates.Select(update => update.FinishReason));
        Assert.Equal([(1, 1, 2), (0, 1, 1)], updates.SelectMany(update => update.Contents.OfType<UsageContent>()).Select(usage => usage.Details)
            .Select(usage => ((int)usage.InputTokenCount!, (int)usage.OutputTokenCount!, (int)usage.TotalTokenCount!)));
        Assert.IsType<UsageContent>(Assert.Single(updates[3].Contents));
    }

    [Fact]
    public async Task Stream_SeveralChoices_TheFirstCounts()
    {
        await using var provider = await ScriptedProvider.StreamingAsync(
            """data: {"choices":[{"delta":{"content":"B"},"finish_reason":"length","index":1}]}""" + "\n\n"
            + """data: {"choices":[{"delta":{"content":"A"},"index":0}],"usage":{"prompt_tokens":1}}""" + "\n\n" + End);

        var updates = await provider.StreamAsync();

        Assert.Equal(["A", ""], updates.Select(update => update.Text));
        Assert.Equal([null, ChatFinishReason.Stop], updates.Select(update => update.FinishReason));
    }

    [Fact]
    public async Task Stream_HugeChunk_IsOneUpdate()
    {
        var text = new string('x', 3_000_000);
        await using var provider = await ScriptedProvider.StreamingAsync($$$"""data: {"choices":[{"delta":{"content":"{{{text}}}"}}]}""" + "\n\n" + End);

        Assert.Equal(text, (await provider.StreamAsync())[0].Text);
    }

    [Theory]
    [InlineData("""data: {"choices":[{"delta":{"content":"A"},"finish_reason":"stop"}]}""" + "\n\n")]
    [InlineData("""data: {"choices":[{"delta":{"content":"A"}}]}""" + "\n\ndata: [DONE]\n\n")]
    public async Task Stream_FinishReasonOrDone_IsAnEnd(string body)
    {
        await using var provider = await ScriptedProvider.StreamingAsync(body);

        Assert.Equal("A", Assert.Single(await provider.StreamAsync()).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_ToolCallsInPieces_AddUp(bool indexed)
    {
        string[] pieces =
        [
            """{"index":0,"id":"a","function":{"name":"f","arguments":""}}""",
            """{"index":0,"function":{"arguments":"{\"x\":"}}""",
            """{"index":0,"function":{"arguments":"1}"}}""",
            """{"index":0,"id":"b","function":{"name":"f","arguments":{"y":2}}}""",
        ];
        var body = string.Concat(pieces.Select(piece => $$$"""data: {"choices":[{"delta":{"tool_calls":[{{{(indexed ? piece : piece.Replace("\"index\":0,", "", StringComparison.Ordinal))}}}]}}]}""" + "\n\n"));
        await using var provider = await ScriptedProvider.StreamingAsync(body + End);
        var model = new ChatModel(provider.Client());

        var sum = new List<AssistantMessage>();
        await foreach (var piece in model.StreamAsync("Hi", TestContext.Current.CancellationToken))
            sum.Add(piece);

        var calls = AssistantMessage.Concat(sum).ToolCalls.ToList();
        Assert.Equal([("a", "f", "1"), ("b", "f", "2")], calls.Select(call => (call.CallId, call.Name, call.Arguments!.Values.Single()!.ToString()!)));
    }

    [Fact]
    public async Task Stream_ProviderDoesNotStream_GivesTheWholeAnswer()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("""{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}""");

        Assert.Equal("Hello", Assert.Single(await provider.StreamAsync()).Text);
    }

    [Fact]
    public async Task Stream_ManyAtOnce_DoNotMix()
    {
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            var model = context.Request.Headers.Authorization.ToString()["Bearer ".Length..];
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 20; i++)
                await context.Response.WriteAsync($$$"""data: {"id":"{{{model}}}","choices":[{"delta":{"content":"{{{model}}}-{{{i}}} "}}]}""" + "\n\n");
            await context.Response.WriteAsync("data: [DONE]\n\n");
        });
        var keys = 0;
        var client = provider.Client(key: () => $"k{Interlocked.Increment(ref keys)}");

        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetStreamingResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken).ToChatResponseAsync(TestContext.Current.CancellationToken)));

        Assert.All(all, one => Assert.Equal(string.Concat(Enumerable.Range(0, 20).Select(i => $"{one.ResponseId}-{i} ")), one.Text));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_ReaderLeaves_ClosesTheConnection(bool cancels)
    {
        var aborted = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("""data: {"choices":[{"delta":{"content":"A"}}]}""" + "\n\n");
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var updates = provider.Client().GetStreamingResponseAsync("Hi", cancellationToken: caller.Token).GetAsyncEnumerator(caller.Token);
        Assert.True(await updates.MoveNextAsync());

        if (cancels)
        {
            var next = updates.MoveNextAsync();
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        }

        await updates.DisposeAsync();

        await aborted.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stream_ReaderLeavesWhatHasCome_ClosesTheConnection()
    {
        var aborted = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 100; i++)
                await context.Response.WriteAsync("""data: {"choices":[{"delta":{"content":"A"}}]}""" + "\n\n");
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        });
        // A handler that waits for the rest for as long as it takes.
        using var http = new HttpClient(new SocketsHttpHandler { MaxResponseDrainSize = int.MaxValue, ResponseDrainTimeout = Timeout.InfiniteTimeSpan });
        var client = new OpenAiChatClient(http, new OpenAiClientOptions { ModelId = "m", BaseUrl = provider.BaseUrl, ApiKey = () => "k" });

        await foreach (var _ in client.GetStreamingResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken))
            break;

        await aborted.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stream_Pieces_AllocateLittle()
    {
        const int Pieces = 2000;
        var piece = """data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o","system_fingerprint":"fp","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}""" + "\n\n";
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, Pieces)) + End));
        await CountAsync(body);

        body.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Pieces + 1, await CountAsync(body));
        var perPiece = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Pieces;

        before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Pieces; i++)
            _ = new ChatResponseUpdate(ChatRole.Assistant, new List<AIContent>(1) { new TextContent(new string('x', " token".Length)) });
        var update = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Pieces;

        TestContext.Current.TestOutputHelper?.WriteLine($"{perPiece:0.0} B per piece, {update:0.0} B of them the update with its text");
        Assert.InRange(perPiece - update, 0, 32);

        async Task<int> CountAsync(Stream stream)
        {
            var count = 0;
            var origin = new Origin("openai", "m");
            var reader = new PieceReader((_, _) => new InvalidOperationException());
            await foreach (var _ in AnswerStream.ReadAsync(new AnswerBody(stream, origin), origin, reader, TestContext.Current.CancellationToken))
                count++;
            return count;
        }
    }
}
