using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Anthropic;
using Serving.Providers.Errors;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.Anthropic;

public sealed class AnthropicChatClientTests
{
    [Fact]
    public async Task GetResponse_Blocks_TellsAllOfThem()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(
            """
            {"id":"m1","type":"message","role":"assistant","model":"claude-x","new":{"deep":[1]},"content":[{"type":"thinking","thinking":"Hm","signature":"c2ln"},
            {"type":"text","text":"Grüße 😀","citations":null},{"type":"text","text":""},{"type":"something_new","text":"x"},
            {"type":"tool_use","id":"a","name":"f","input":{"x":[1,"ü"]}},{"type":"tool_use","id":"b","name":"g","input":{}}],
            "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":4,"cache_creation_input_tokens":2,"output_tokens":5,
            "output_tokens_details":{"thinking_tokens":3},"service_tier":"standard"}}
            """);

        var response = await provider.Anthropic().AskAsync();

        Assert.Equal("Grüße 😀", response.Text);
        Assert.Equal(("m1", "claude-x", ChatFinishReason.ToolCalls), (response.ResponseId, response.ModelId, response.FinishReason));
        var thinking = Assert.IsType<TextReasoningContent>(response.Messages[0].Contents[0]);
        Assert.Equal(("Hm", "c2ln"), (thinking.Text, thinking.ProtectedData));
        var calls = response.Messages[0].Contents.OfType<FunctionCallContent>().ToList();
        Assert.Equal([("a", "f"), ("b", "g")], calls.Select(call => (call.CallId, call.Name)));
        Assert.Equal("""[1,"ü"]""", ((JsonElement)calls[0].Arguments!["x"]!).GetRawText());
        Assert.Empty(calls[1].Arguments!);
        Assert.Equal((16, 5, 21, 4, 3), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount, response.Usage.CachedInputTokenCount, response.Usage.ReasoningTokenCount));
        Assert.Equal(2, response.Usage.AdditionalCounts!["CacheCreationInputTokens"]);
    }

    [Theory]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("refusal", "content_filter")]
    [InlineData("pause_turn", "pause_turn")]
    public async Task GetResponse_StopReason_IsAFinishReason(string reason, string expected)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync($$"""{"content":[],"stop_reason":"{{reason}}"}""");

        Assert.Equal(expected, (await provider.Anthropic().AskAsync()).FinishReason?.Value);
    }

    [Fact]
    public async Task GetResponse_Refusal_TellsItsExplanation()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("""{"content":[],"stop_reason":"refusal","stop_details":{"category":"bio","explanation":"Not this."}}""");

        var response = await provider.Anthropic().AskAsync();

        Assert.Equal(true, Assert.IsType<TextContent>(Assert.Single(response.Messages[0].Contents)).AdditionalProperties?["refusal"]);
        Assert.Equal("Not this.", response.Text);
    }

    [Fact]
    public async Task GetResponse_AsAStepOfAChain_IsAMessage()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("""{"content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}""");

        Assert.Equal("Hello", (await new ChatModel(provider.Anthropic()).InvokeAsync("Hi", TestContext.Current.CancellationToken)).Text);
    }

    [Theory]
    [InlineData("""{"content":[{"type":"te""", ErrorKind.BadGateway)]
    [InlineData("""{"id":"m1"}""", ErrorKind.BadGateway)]
    [InlineData("[]", ErrorKind.BadGateway)]
    [InlineData("", ErrorKind.ProviderUnavailable)]
    [InlineData("""{"message":"Said."}""", ErrorKind.ProviderUnavailable)]
    [InlineData("""{"type":"error","error":{"type":"rate_limit_error"}}""", ErrorKind.RateLimited)]
    public async Task GetResponse_NotOne_IsTransient(string body, ErrorKind kind)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(body);

        var error = await Assert.ThrowsAsync<ProviderException>(() => provider.Anthropic().AskAsync());

        Assert.Equal((kind, ProviderFault.Transient), (error.Kind, error.Fault));
    }

    [Theory]
    [InlineData(400, "invalid_request_error", "messages: at least one message is required", ErrorKind.BadRequest, ProviderFault.Caller)]
    [InlineData(400, "invalid_request_error", "prompt is too long: 212345 tokens > 200000 maximum", ErrorKind.ContextTooLong, ProviderFault.Caller)]
    [InlineData(400, "invalid_request_error", "Output blocked by content filtering policy", ErrorKind.ContentRejected, ProviderFault.Caller)]
    [InlineData(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData(400, "invalid_request_error", "You have reached your specified API usage limits. You will regain access on 2027-01-01 at 00:00 UTC.", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData(401, "authentication_error", "invalid x-api-key", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData(402, "billing_error", "Said so.", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData(403, "permission_error", "Said so.", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData(404, "not_found_error", "model: claude-none", ErrorKind.BadGateway, ProviderFault.HardDown)]
    [InlineData(409, "conflict_error", "Said so.", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData(413, "request_too_large", "Said so.", ErrorKind.TooLarge, ProviderFault.Caller)]
    [InlineData(429, "rate_limit_error", "Said so.", ErrorKind.RateLimited, ProviderFault.Transient)]
    [InlineData(500, "api_error", "Said so.", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    [InlineData(504, "timeout_error", "Said so.", ErrorKind.Timeout, ProviderFault.Transient)]
    [InlineData(529, "overloaded_error", "Overloaded", ErrorKind.ProviderUnavailable, ProviderFault.Transient)]
    public async Task Status_NativeBody_IsClassifiedTheSameWholeAndStreamed(int status, string type, string message, ErrorKind kind, ProviderFault fault)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(
            $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"r"}""", status);

        var whole = await Assert.ThrowsAsync<ProviderException>(() => provider.Anthropic().AskAsync());
        var streamed = await Assert.ThrowsAsync<ProviderException>(() => provider.Anthropic().StreamAsync());

        foreach (var error in new[] { whole, streamed })
        {
            Assert.Equal((kind, fault, type, status), (error.Kind, error.Fault, error.ProviderCode, error.ProviderStatus));
            Assert.Equal(message, error.ProviderMessage);
            Assert.DoesNotContain(message, error.Message);
            Assert.Contains("rovider 'anthropic'", error.Message);
            Assert.Contains("odel 'test-model'", error.Message);
        }
    }

    [Fact]
    public async Task GetResponse_ErrorThatToldUsage_CarriesIt()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("""{"error":{"type":"api_error"},"usage":{"input_tokens":10,"cache_read_input_tokens":4,"output_tokens":5}}""");

        var usage = (await Assert.ThrowsAsync<ProviderException>(() => provider.Anthropic().AskAsync())).Usage;

        Assert.Equal((14, 5, 19), (usage?.InputTokenCount, usage?.OutputTokenCount, usage?.TotalTokenCount));
    }

    [Fact]
    public void GetService_Metadata_TellsProviderAddressAndModel()
    {
        using var http = new HttpClient();
        using var client = new AnthropicChatClient(http, new AnthropicClientOptions { ModelId = "m" });

        var metadata = client.GetService<ChatClientMetadata>();

        Assert.Equal(("anthropic", "https://api.anthropic.com/", "m"), (metadata?.ProviderName, metadata?.ProviderUri?.AbsoluteUri, metadata?.DefaultModelId));
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<HttpClient>());
    }
}
