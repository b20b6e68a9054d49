using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.OpenAi;
using Serving.Runtime.Chat;

namespace Serving.Providers.Tests.OpenAi;

public sealed class OpenAiChatClientTests
{
    [Fact]
    public async Task GetResponse_Text_TellsAllOfIt()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(
            """
            {"id":"r1","object":"chat.completion","created":1700000000,"model":"m-2","new":{"deep":[1]},"choices":[{"index":0,"logprobs":null,
            "message":{"role":"assistant","content":"Grüße 😀","refusal":null,"annotations":[]},"finish_reason":"length"},
            {"index":1,"message":{"content":"other"}}],
            "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}}
            """);

        var response = await provider.AskAsync();

        Assert.Equal("Grüße 😀", response.Text);
        Assert.Equal("r1", response.ResponseId);
        Assert.Equal("m-2", response.ModelId);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), response.CreatedAt);
        Assert.Equal((10, 5, 15, 4, 3), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount, response.Usage.CachedInputTokenCount, response.Usage.ReasoningTokenCount));
    }

    [Fact]
    public async Task GetResponse_ToolCalls_HaveTheirArguments()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(
            """
            {"choices":[{"index":0,"message":{"content":null,"tool_calls":[
            {"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":[1,\"ü\"]}"}},
            {"id":"b","type":"function","function":{"name":"g","arguments":""}},
            {"id":"c","type":"function","function":{"name":"h","arguments":"{\"x\":"}}]},"finish_reason":"tool_calls"}]}
            """);

        var response = await provider.AskAsync();

        var calls = response.Messages[0].Contents.Cast<FunctionCallContent>().ToList();
        Assert.Equal(["f", "g", "h"], calls.Select(call => call.Name));
        Assert.Equal("""[1,"ü"]""", ((JsonElement)calls[0].Arguments!["x"]!).GetRawText());
        Assert.Empty(calls[1].Arguments!);
        Assert.Null(calls[2].Arguments);
        Assert.NotNull(calls[2].Exception);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task GetResponse_RefusalReasoningAndParts_AreContents()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(
            """{"choices":[{"message":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"A"},"B"],"reasoning_content":"why","refusal":"No."},"finish_reason":"odd"}]}""");

        var response = await provider.AskAsync();

        Assert.Equal("ABNo.", response.Text);
        Assert.Equal("why", Assert.Single(response.Messages[0].Contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal("odd", response.FinishReason?.Value);
    }

    [Fact]
    public async Task GetResponse_AsAStepOfAChain_IsAMessage()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("""{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}""");

        var answer = await new ChatModel(provider.Client()).InvokeAsync("Hi", TestContext.Current.CancellationToken);

        Assert.Equal("Hello", answer.Text);
    }

    [Fact]
    public void GetService_Metadata_TellsProviderAddressAndModel()
    {
        using var http = new HttpClient();
        using var client = new OpenAiChatClient(http, new OpenAiClientOptions { ModelId = "m", Dialect = OpenAiDialect.Mistral });

        var metadata = client.GetService<ChatClientMetadata>();

        Assert.Equal(("mistral", "https://api.mistral.ai/v1", "m"), (metadata?.ProviderName, metadata?.ProviderUri?.AbsoluteUri, metadata?.DefaultModelId));
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<HttpClient>());
    }

    [Fact]
    public void Create_NoBaseUrl_NamesTheProvider()
    {
        using var http = new HttpClient();

        var error = Assert.Throws<ArgumentException>(() => new OpenAiChatClient(http, new OpenAiClientOptions { ModelId = "m", Dialect = OpenAiDialect.Compatible }));

        Assert.Contains("'openai-compatible'", error.Message);
    }

    [Fact]
    public async Task GetResponse_OneCall_AllocatesLessThanThreeKilobytesBesideTheTransport()
    {
        const int Calls = 200;
        using var http = new HttpClient(new ReadyHandler());
        using var client = new OpenAiChatClient(http, new OpenAiClientOptions { ModelId = "m", ApiKey = () => ScriptedProvider.Key });
        List<ChatMessage> messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Tell me a joke about parrots.")];
        var bare = await MeasureAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.openai.com/v1");
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        });

        var whole = await MeasureAsync(() => client.GetResponseAsync(messages, cancellationToken: TestContext.Current.CancellationToken));

        TestContext.Current.TestOutputHelper?.WriteLine($"{whole - bare:0} B per call beside the transport's {bare:0} B");
        Assert.InRange(whole - bare, 0, 3072);

        static async Task<double> MeasureAsync(Func<Task> call)
        {
            await call();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
                await call();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Calls;
        }
    }

    /// <summary>Answers without a wait, so that a call stays on its thread.</summary>
    private sealed class ReadyHandler : HttpMessageHandler
    {
        private static readonly byte[] Answer =
            """{"id":"r","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Polly wants a cracker."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}}"""u8.ToArray();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(Answer) });
    }
}
