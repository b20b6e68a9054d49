using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace Serving.Simulator.Tests.Wires;

/// <summary>The providers' own clients take the simulator for their provider.</summary>
public sealed class OfficialClientTests
{
    private const string Words = "t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 t10 t11 t12 t13 t14 t15 t16 t17 t18 t19";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAi_WholeAndStreamed_AreUnderstood()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var chat = OpenAi(simulator).GetChatClient("sim");

        ChatCompletion whole = await chat.CompleteChatAsync([new UserChatMessage("one two")], cancellationToken: CancellationToken);
        List<StreamingChatCompletionUpdate> updates = [];
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("one two")], cancellationToken: CancellationToken))
            updates.Add(update);

        Assert.Equal((Words, 22), (whole.Content[0].Text, whole.Usage.TotalTokenCount));
        Assert.Equal(Words, string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)));
        Assert.Equal(20, updates[^1].Usage.OutputTokenCount);
        await simulator.SettledAsync();
        Assert.Equal((4L, 40L), (simulator.Ledger.Total.Tokens.Input, simulator.Ledger.Total.Tokens.Output));
    }

    [Fact]
    public async Task OpenAi_Tools_AreUnderstood()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var chat = OpenAi(simulator).GetChatClient("sim~tool");
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "Tells it.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""")) } };

        ChatCompletion whole = await chat.CompleteChatAsync([new UserChatMessage("Hi")], options, CancellationToken);
        var arguments = "";
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("Hi")], options, CancellationToken))
            arguments += string.Concat(update.ToolCallUpdates.Select(call => call.FunctionArgumentsUpdate?.ToString()));

        Assert.Equal(OpenAI.Chat.ChatFinishReason.ToolCalls, whole.FinishReason);
        Assert.Equal("""{"city":"t0"}""", whole.ToolCalls[0].FunctionArguments.ToString());
        Assert.Equal("""{"city":"t0"}""", arguments);
    }

    [Fact]
    public async Task OpenAi_EmbeddingsAndErrors_AreUnderstood()
    {
        await using var simulator = await TestSimulator.StartAsync();

        var embedding = await OpenAi(simulator).GetEmbeddingClient("sim").GenerateEmbeddingAsync("one two", cancellationToken: CancellationToken);
        var error = await Assert.ThrowsAsync<ClientResultException>(
            () => OpenAi(simulator).GetChatClient("sim~429").CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: CancellationToken));

        Assert.Equal(16, embedding.Value.ToFloats().Length);
        Assert.Equal(429, error.Status);
        Assert.Contains("rate_limit_exceeded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anthropic_WholeAndStreamed_AreUnderstood()
    {
        await using var simulator = await TestSimulator.StartAsync();
        using var client = Anthropic(simulator);
        using var chat = client.AsIChatClient("sim", 100);

        var whole = await chat.GetResponseAsync("one two", cancellationToken: CancellationToken);
        var streamed = await chat.GetStreamingResponseAsync("one two", cancellationToken: CancellationToken).ToChatResponseAsync(CancellationToken);

        Assert.Equal((Words, 2L, 20L), (whole.Text, whole.Usage?.InputTokenCount, whole.Usage?.OutputTokenCount));
        Assert.Equal((Words, 20L), (streamed.Text, streamed.Usage?.OutputTokenCount));
        Assert.Equal(Microsoft.Extensions.AI.ChatFinishReason.Stop, streamed.FinishReason);
    }

    [Fact]
    public async Task Anthropic_ToolsAndErrors_AreUnderstood()
    {
        await using var simulator = await TestSimulator.StartAsync();
        using var client = Anthropic(simulator);
        using var chat = client.AsIChatClient("sim~tool", 100);
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => $"{city} is sunny", "weather")] };

        var whole = await chat.GetResponseAsync("Hi", options, CancellationToken);
        var streamed = await chat.GetStreamingResponseAsync("Hi", options, CancellationToken).ToChatResponseAsync(CancellationToken);
        using var broken = client.AsIChatClient("sim~529", 100);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => broken.GetResponseAsync("Hi", cancellationToken: CancellationToken));

        foreach (var response in (ChatResponse[])[whole, streamed])
        {
            var call = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
            Assert.Equal(("weather", "t0"), (call.Name, call.Arguments?["city"]?.ToString()));
        }

        Assert.Contains("verloaded", error.Message, StringComparison.Ordinal);
    }

    private static OpenAIClient OpenAi(SimulatorHost simulator) => new(
        new ApiKeyCredential("k"),
        new OpenAIClientOptions { Endpoint = new Uri(simulator.BaseAddress, "v1"), RetryPolicy = new ClientRetryPolicy(0) });

    private static AnthropicClient Anthropic(SimulatorHost simulator) => new() { ApiKey = "k", BaseUrl = simulator.BaseAddress.ToString(), MaxRetries = 0 };
}
