using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Serving.Providers.Anthropic;
using Serving.Providers.Errors;
using Serving.Providers.Wire;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.Anthropic;

public sealed class EventStreamTests
{
    public static readonly string Whole = Events(
        """{"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":3,"cache_read_input_tokens":7,"output_tokens":1}}}""",
        """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        """{"type":"ping"}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me"}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":" think"}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}""",
        """{"type":"content_block_stop","index":0}""",
        """{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"EmwK"}}""",
        """{"type":"content_block_stop","index":1}""",
        """{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Hel"}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"lo"}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"citations_delta","citation":{"type":"char_location","cited_text":"x","document_index":0,"document_title":"t","file_id":null,"start_char_index":0,"end_char_index":1}}}""",
        """{"type":"content_block_stop","index":2}""",
        """{"type":"content_block_start","index":3,"content_block":{"type":"server_tool_use","id":"s1","name":"web_search","input":{}}}""",
        """{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"query\":1}"}}""",
        """{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"t1","name":"weather","input":{}}}""",
        """{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":""}}""",
        """{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}""",
        """{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":" \"Bonn\"}"}}""",
        """{"type":"content_block_stop","index":4}""",
        """{"type":"content_block_start","index":5,"content_block":{"type":"tool_use","id":"t2","name":"clock","input":{}}}""",
        """{"type":"content_block_stop","index":5}""",
        """{"type":"something_new","index":5}""",
        """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":25,"output_tokens":15,"output_tokens_details":{"thinking_tokens":4}}}""",
        """{"type":"message_stop"}""");

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task Stream_AnySplit_GivesTheSameUpdates(int size)
    {
        await using var provider = await ScriptedProvider.StreamingAsync(Whole, size);

        var updates = await provider.Anthropic().StreamAsync();

        Assert.True((bool?)provider.Body["stream"]);
        Assert.All(updates, update => Assert.Equal(("m1", "claude-x"), (update.ResponseId, update.ModelId)));
        var contents = updates.SelectMany(update => update.Contents).ToList();
        Assert.Equal("Let me think", string.Concat(contents.OfType<TextReasoningContent>().Select(thinking => thinking.Text)));
        Assert.Equal("Hello", string.Concat(contents.OfType<TextContent>().Select(text => text.Text)));
        Assert.Equal(
            [(0, "t1", "weather", null), (0, null, null, "{\"city\":"), (0, null, null, " \"Bonn\"}"), (1, "t2", "clock", null)],
            contents.OfType<ToolCallChunk>().Select(call => (call.Index!.Value, call.CallId, call.Name, call.Arguments)));
        Assert.Equal(ChatFinishReason.ToolCalls, Assert.Single(updates, update => update.FinishReason is not null).FinishReason);
    }

    [Fact]
    public async Task Stream_Usage_ComesAsIncreases()
    {
        await using var provider = await ScriptedProvider.StreamingAsync(Whole);

        var updates = await provider.Anthropic().StreamAsync();

        var told = updates.SelectMany(update => update.Contents.OfType<UsageContent>()).Select(usage => usage.Details).ToList();
        Assert.IsType<UsageContent>(Assert.Single(updates[0].Contents));
        Assert.Equal([(35, 1, 36), (0, 14, 14)], told.Select(usage => (usage.InputTokenCount!.Value, usage.OutputTokenCount!.Value, usage.TotalTokenCount!.Value)));
        var sum = updates.UsageOf();
        Assert.Equal((35, 15, 50, 7, 4, 3), (sum.InputTokenCount, sum.OutputTokenCount, sum.TotalTokenCount, sum.CachedInputTokenCount, sum.ReasoningTokenCount, sum.AdditionalCounts!["CacheCreationInputTokens"]));
    }

    [Fact]
    public async Task Stream_BrokenOff_HasToldItsInput()
    {
        await using var provider = await ScriptedProvider.StreamingAsync(Whole[..Whole.IndexOf("event: message_delta", StringComparison.Ordinal)]);
        var updates = new List<ChatResponseUpdate>();

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.Anthropic().StreamAsync(into: updates));

        Assert.Equal((ErrorKind.ProviderUnavailable, ProviderFault.Transient), (error.Kind, error.Fault));
        Assert.Equal((35, 1), (updates.UsageOf().InputTokenCount, updates.UsageOf().OutputTokenCount));
    }

    [Fact]
    public async Task Stream_NoStopEventAfterItsReason_IsComplete()
    {
        await using var provider = await ScriptedProvider.StreamingAsync(Whole[..Whole.IndexOf("event: message_stop", StringComparison.Ordinal)]);

        Assert.Equal(ChatFinishReason.ToolCalls, (await provider.Anthropic().StreamAsync())[^1].FinishReason);
    }

    [Theory]
    [InlineData("overloaded_error", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData("api_error", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData("rate_limit_error", ErrorKind.RateLimited, ProviderFault.Transient)]
    [InlineData("timeout_error", ErrorKind.Timeout, ProviderFault.Transient)]
    [InlineData("invalid_request_error", ErrorKind.BadRequest, ProviderFault.Caller)]
    [InlineData("request_too_large", ErrorKind.TooLarge, ProviderFault.Caller)]
    [InlineData("authentication_error", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData("permission_error", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData("billing_error", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData("not_found_error", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData("never_heard_of", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    public async Task Stream_ErrorEvent_IsClassifiedAfterWhatCame(string type, ErrorKind kind, ProviderFault fault)
    {
        var body = Whole[..Whole.IndexOf("event: content_block_start", StringComparison.Ordinal)]
            + Events($$$"""{"type":"error","error":{"type":"{{{type}}}","message":"Said."},"usage":{"output_tokens":2}}""");
        await using var provider = await ScriptedProvider.StreamingAsync(body);
        var updates = new List<ChatResponseUpdate>();

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.Anthropic().StreamAsync(into: updates));

        Assert.Equal((kind, fault, type, 2), (error.Kind, error.Fault, error.ProviderCode, error.Usage?.OutputTokenCount));
        Assert.Equal(35, updates.UsageOf().InputTokenCount);
    }

    [Theory]
    [InlineData("data: {\"type\":\"content_block_delta\"\n\n")]
    [InlineData("data: []\n\n")]
    [InlineData("data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"\\ud83d\"}}\n\n")]
    public async Task Stream_Malformed_IsTransient(string body)
    {
        await using var provider = await ScriptedProvider.StreamingAsync(body);

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.Anthropic().StreamAsync());

        Assert.Equal((ErrorKind.BadGateway, ProviderFault.Transient), (error.Kind, error.Fault));
    }

    [Fact]
    public async Task Stream_Refusal_TellsItsExplanation()
    {
        await using var provider = await ScriptedProvider.StreamingAsync(Events(
            """{"type":"message_start","message":{"id":"m1","content":[]}}""",
            """{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"bio","explanation":"Not this."}},"usage":{"output_tokens":1}}""",
            """{"type":"message_stop"}"""));

        var update = Assert.Single(await provider.Anthropic().StreamAsync());

        Assert.Equal(ChatFinishReason.ContentFilter, update.FinishReason);
        var refusal = Assert.Single(update.Contents.OfType<TextContent>());
        Assert.Equal(("Not this.", true), (refusal.Text, refusal.AdditionalProperties?["refusal"]));
    }

    [Fact]
    public async Task Stream_ProviderDoesNotStream_GivesTheWholeAnswer()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("""{"content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}""");

        Assert.Equal("Hello", Assert.Single(await provider.Anthropic().StreamAsync()).Text);
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
            await context.Response.WriteAsync(Whole[..Whole.IndexOf("event: content_block_stop", StringComparison.Ordinal)]);
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var updates = provider.Anthropic().GetStreamingResponseAsync("Hi", cancellationToken: caller.Token).GetAsyncEnumerator(caller.Token);
        while (await updates.MoveNextAsync() && updates.Current.Contents is not [TextReasoningContent { ProtectedData: "c2ln" }])
        {
        }

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
    public async Task Stream_Pieces_AllocateLittle()
    {
        const int Pieces = 2000;
        var piece = Events("""{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":" token"}}""");
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, Pieces)) + Events("""{"type":"message_stop"}""")));
        await CountAsync();

        body.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Pieces, await CountAsync());
        var perPiece = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Pieces;

        before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Pieces; i++)
            _ = new ChatResponseUpdate(ChatRole.Assistant, new List<AIContent>(1) { new TextContent(new string('x', " token".Length)) });
        var update = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Pieces;

        TestContext.Current.TestOutputHelper?.WriteLine($"{perPiece:0.0} B per piece, {update:0.0} B of them the update with its text");
        // The parser makes a string of each event's name, 64 B for this one.
        Assert.InRange(perPiece - update, 0, 96);

        async Task<int> CountAsync()
        {
            var count = 0;
            var origin = new Origin("anthropic", "m");
            var reader = new EventReader((_, _) => new InvalidOperationException());
            await foreach (var _ in AnswerStream.ReadAsync(new AnswerBody(body, origin), origin, reader, TestContext.Current.CancellationToken))
                count++;
            return count;
        }
    }

    public static string Events(params string[] events) => string.Concat(events.Select(e =>
    {
        using var json = JsonDocument.Parse(e);
        return $"event: {json.RootElement.GetProperty("type").GetString()}\ndata: {e}\n\n";
    }));
}
