using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Models;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Prompts;

public sealed class PromptLimitsTests
{
    private static RunContext Limited(int length) =>
        RunContext.Create(services: new Services(new PromptLimits { MaxPromptLength = length }), cancellationToken: TestContext.Current.CancellationToken);

    [Fact]
    public async Task PromptTemplate_TooLong_TellsLengthLimitAndSetting()
    {
        var template = PromptTemplate.FromTemplate("say {name}");
        await template.InvokeAsync(ChainValues.Of("name", "123456"), Limited(10));
        var error = await Assert.ThrowsAsync<ServingException>(async () => await template.InvokeAsync(ChainValues.Of("name", "1234567"), Limited(10)));
        Assert.Equal(ErrorKind.TooLarge, error.Kind);
        Assert.StartsWith("The prompt has 11 characters; the limit is 10 (MAX_PROMPT_LENGTH).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PromptTemplate_EnormousRepetition_IsRefusedWithoutBeingBuilt()
    {
        var template = PromptTemplate.FromTemplate(string.Concat(Enumerable.Repeat("{x}", 10_000)));
        var error = await Assert.ThrowsAsync<ServingException>(async () => await template.InvokeAsync(ChainValues.Of("x", new string('a', 1_000_000)), Limited(100)));
        Assert.StartsWith("The prompt has 10000000000 characters;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChatPromptTemplate_TooLong_CountsAllMessages()
    {
        var template = ChatPromptTemplate.FromMessages(("system", "12345"), new MessagesPlaceholder("m"), new ChatMessage(ChatRole.User, "12"));
        await template.InvokeAsync(ChainValues.Of("m", "123"), Limited(10));
        var error = await Assert.ThrowsAsync<ServingException>(async () => await template.InvokeAsync(ChainValues.Of("m", "1234"), Limited(10)));
        Assert.Contains("has 11 characters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_PromptTooLong_AreNotCalled()
    {
        var client = ScriptedChatClient.Replying("ok");
        PromptValue prompt = "12345678901";
        PromptValue messages = new ChatMessage[] { new(ChatRole.User, "12345678901") };
        await Assert.ThrowsAsync<ServingException>(async () => await new ChatModel(client).InvokeAsync(prompt, Limited(10)));
        await Assert.ThrowsAsync<ServingException>(async () => await new ChatModel(client).InvokeAsync(messages, Limited(10)));
        await Assert.ThrowsAsync<ServingException>(async () => await new TextModel(client).InvokeAsync(prompt, Limited(10)));
        await Assert.ThrowsAsync<ServingException>(async () => await new ChatModel(client).StreamAsync(prompt, Limited(10)).ToListAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ServingException>(async () => await new TextModel(client).StreamAsync(prompt, Limited(10)).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Empty(client.Calls);
        await new ChatModel(client).InvokeAsync(prompt, Limited(11));
        Assert.Single(client.Calls);
    }

    private sealed class Services(PromptLimits limits) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(PromptLimits) ? limits : null;
    }
}
