using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat;

namespace Serving.Providers.Tests.OpenAi;

/// <summary>The official client, asked the same, sends the same.</summary>
public sealed class OfficialClientTests
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}}}""";
    private const string Answer = """
        {"id":"r","object":"chat.completion","created":1,"model":"test-model","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}
        """;

    [Fact]
    public async Task Request_OfTheSameCall_IsTheOfficialClients()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(Answer);
        var official = Official(provider);

        await official.CompleteChatAsync(
            [
                new SystemChatMessage("Be kind."),
                new UserChatMessage(ChatMessageContentPart.CreateTextPart("Wie heißt du? 😀"), ChatMessageContentPart.CreateImagePart(new Uri("https://example.org/a.png"))),
                new AssistantChatMessage([ChatToolCall.CreateFunctionToolCall("c1", "weather", BinaryData.FromString("""{"city":"Bonn"}"""))]),
                new ToolChatMessage("c1", "sunny"),
            ],
            new ChatCompletionOptions
            {
                Temperature = 0.5f,
                TopP = 0.25f,
                FrequencyPenalty = 1,
                PresencePenalty = -1,
                MaxOutputTokenCount = 10,
                StopSequences = { "END" },
                Tools = { ChatTool.CreateFunctionTool("weather", "Tells the weather.", BinaryData.FromString(Schema), functionSchemaIsStrict: true) },
                ToolChoice = ChatToolChoice.CreateFunctionChoice("weather"),
                AllowParallelToolCalls = false,
                ResponseFormat = global::OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString(Schema), "An answer.", jsonSchemaIsStrict: true),
            },
            TestContext.Current.CancellationToken);

        var schema = System.Text.Json.JsonDocument.Parse(Schema).RootElement;
        await provider.AskAsync(
            [
                new(ChatRole.System, "Be kind."),
                new(ChatRole.User, [new TextContent("Wie heißt du? 😀"), new UriContent("https://example.org/a.png", "image/png")]),
                new(ChatRole.Assistant, [new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Bonn" })]),
                new(ChatRole.Tool, [new FunctionResultContent("c1", "sunny")]),
            ],
            new ChatOptions
            {
                Temperature = 0.5f,
                TopP = 0.25f,
                FrequencyPenalty = 1,
                PresencePenalty = -1,
                MaxOutputTokens = 10,
                StopSequences = ["END"],
                Tools = [new StrictFunction(AIFunctionFactory.CreateDeclaration("weather", "Tells the weather.", schema))],
                ToolMode = ChatToolMode.RequireSpecific("weather"),
                AllowMultipleToolCalls = false,
                ResponseFormat = ChatResponseFormat.ForJsonSchema(schema, "answer", "An answer."),
                AdditionalProperties = new() { ["strict"] = true },
            });

        AssertSame(provider);
    }

    [Fact]
    public async Task Stream_OfTheSameCall_IsTheOfficialClients()
    {
        await using var provider = await ScriptedProvider.StreamingAsync("data: [DONE]\n\n");

        await foreach (var _ in Official(provider).CompleteChatStreamingAsync([new UserChatMessage("Hi")], cancellationToken: TestContext.Current.CancellationToken))
        {
        }

        await provider.StreamAsync();

        AssertSame(provider);
    }

    private static ChatClient Official(ScriptedProvider provider) => new(
        "test-model",
        new ApiKeyCredential(ScriptedProvider.Key),
        new OpenAIClientOptions { Endpoint = provider.BaseUrl, RetryPolicy = new ClientRetryPolicy(0) });

    private static void AssertSame(ScriptedProvider provider)
    {
        var calls = provider.Calls.ToList();
        Assert.Equal(2, calls.Count);
        Assert.Equal(calls[0].Path, calls[1].Path);
        Assert.Equal(calls[0].Headers["Authorization"], calls[1].Headers["Authorization"]);
        Assert.True(JsonNode.DeepEquals(calls[0].Body, calls[1].Body), $"Expected {calls[0].Body.ToJsonString()}, was {calls[1].Body.ToJsonString()}");
    }

    private sealed class StrictFunction(AIFunctionDeclaration inner) : AIFunctionDeclaration
    {
        public override string Name => inner.Name;

        public override string Description => inner.Description;

        public override System.Text.Json.JsonElement JsonSchema => inner.JsonSchema;

        public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; } = new Dictionary<string, object?> { ["strict"] = true };
    }
}
