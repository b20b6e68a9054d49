using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Prompts;

public sealed class ChatPromptTemplateTests
{
    private static async Task<IReadOnlyList<ChatMessage>> Format(ChatPromptTemplate template, params (string, object?)[] values) =>
        Assert.IsType<ChatPromptValue>(await template.InvokeAsync(ChainValues.Of(values), TestContext.Current.CancellationToken)).Messages;

    private static string[] Texts(IEnumerable<ChatMessage> messages) => [.. messages.Select(message => $"{MessageType.Of(message)}:{message.Text}")];

    [Fact]
    public async Task Invoke_Roles_BecomeMessagesOfTheirTypes()
    {
        var template = ChatPromptTemplate.FromMessages(
            ("system", "s {x}"),
            ("human", "h"),
            ("user", "u {y}"),
            ("ai", "a"),
            ("assistant", "b {x}"),
            ("moderator", "m"),
            new ChatMessage(ChatRole.User, "{kept}"));
        var messages = await Format(template, ("x", 1), ("y", "2"));
        Assert.Equal(["system:s 1", "human:h", "human:u 2", "ai:a", "ai:b 1", "chat:m", "human:{kept}"], Texts(messages));
        Assert.Equal(["x", "y"], template.Variables);
    }

    [Theory]
    [InlineData("tool")]
    [InlineData("function")]
    public void FromMessages_RoleThatAnswersACall_IsRefused(string role) =>
        Assert.Throws<ArgumentException>(() => ChatPromptTemplate.FromMessages((role, "x")));

    [Fact]
    public void FromMessages_MalformedTemplate_SaysWhere() =>
        Assert.Contains("at character 3:", Assert.Throws<InvalidInputException>(() => ChatPromptTemplate.FromMessages(("human", "a {b"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Invoke_MessageAsItIs_IsNotSharedBetweenCalls()
    {
        var template = ChatPromptTemplate.FromMessages(new ChatMessage(ChatRole.System, "s"));
        (await Format(template))[0].Role = ChatRole.User;
        Assert.Equal(["system:s"], Texts(await Format(template)));
    }

    public static TheoryData<string, object?> HistoryValues() => new()
    {
        { "list", new List<ChatMessage> { new(ChatRole.User, "q"), new(ChatRole.Assistant, "a") } },
        { "list of objects", new List<object?> { new ChatMessage(ChatRole.User, "q"), new AssistantMessage("a") } },
        { "prompt", PromptValue.FromMessages([new(ChatRole.User, "q"), new(ChatRole.Assistant, "a")]) },
        { "json", JsonElement.Parse("""[{"type":"human","content":"q"},["ai","a"]]""") },
        { "list of json", new object?[] { "q", JsonElement.Parse("""{"type":"ai","content":"a"}""") } },
    };

    [Theory]
    [MemberData(nameof(HistoryValues))]
    public async Task Placeholder_ListOfMessages_IsPutInPlace(string form, object? value)
    {
        var template = ChatPromptTemplate.FromMessages(("system", "s"), new MessagesPlaceholder("history"), ("human", "now"));
        Assert.NotEmpty(form);
        Assert.Equal(["system:s", "human:q", "ai:a", "human:now"], Texts(await Format(template, ("history", value))));
    }

    [Fact]
    public async Task Placeholder_SingleValues_BecomeOneMessage()
    {
        var template = ChatPromptTemplate.FromMessages(new MessagesPlaceholder("m"));
        Assert.Equal(["human:text"], Texts(await Format(template, ("m", "text"))));
        Assert.Equal(["ai:text"], Texts(await Format(template, ("m", new AssistantMessage("text")))));
        Assert.Equal(["system:text"], Texts(await Format(template, ("m", new ChatMessage(ChatRole.System, "text")))));
        Assert.Empty(await Format(template, ("m", new List<ChatMessage>())));
    }

    [Fact]
    public async Task Placeholder_Optional_MayBeAbsentOrNull()
    {
        var template = ChatPromptTemplate.FromMessages(new MessagesPlaceholder("m", optional: true), ("human", "x"));
        Assert.Equal(["human:x"], Texts(await Format(template)));
        Assert.Equal(["human:x"], Texts(await Format(template, ("m", null))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public async Task Placeholder_NoMessages_NamesTheVariable(object? value)
    {
        var template = ChatPromptTemplate.FromMessages(new MessagesPlaceholder("turns"));
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await Format(template, ("turns", value)));
        Assert.Contains("'turns'", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidInputException>(async () => await Format(template));
    }

    [Fact]
    public async Task Placeholder_Last_KeepsTheLatest()
    {
        var template = ChatPromptTemplate.FromMessages(new MessagesPlaceholder("m") { Last = 2 });
        Assert.Equal(["human:b", "human:c"], Texts(await Format(template, ("m", new object?[] { "a", "b", "c" }))));
        Assert.Equal(["human:a"], Texts(await Format(template, ("m", "a"))));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagesPlaceholder("m") { Last = 0 });
    }

    [Fact]
    public void GetInputShape_Placeholder_TakesMessages()
    {
        var shape = ChatPromptTemplate.FromMessages(("system", "{a}"), new MessagesPlaceholder("m"), new MessagesPlaceholder("o", optional: true)).GetInputShape(RunConfig.Empty);
        var read = (ChainValues)shape.Read(JsonElement.Parse("""{"a":"x","m":[{"type":"human","content":"q"}]}"""))!;
        Assert.Equal(["human:q"], Texts((IReadOnlyList<ChatMessage>)read["m"]!));
        Assert.Empty((IReadOnlyList<ChatMessage>)read["o"]!);
        Assert.False(shape.TryRead(JsonElement.Parse("""{"a":"x","m":[{"type":"human"}]}"""), out _, out var errors));
        Assert.Equal(["m", 0, "content"], Assert.Single(errors).Location);
        var schema = shape.ToSchema();
        Assert.Equal("""["a","m"]""", schema["required"]!.ToJsonString());
        Assert.Equal("[]", schema["properties"]!["o"]!["default"]!.ToJsonString());
        Assert.NotNull(schema["$defs"]!["HumanMessage"]);
    }

    [Fact]
    public async Task Partial_Variable_LeavesTheShape()
    {
        var template = ChatPromptTemplate.FromMessages(("system", "{lang} {x}"), new MessagesPlaceholder("m")).Partial("lang", "en").Partial("m", () => "hi");
        Assert.Equal(["x"], template.Variables);
        Assert.Equal(["system:en 1", "human:hi"], Texts(await Format(template, ("x", "1"))));
    }

    [Fact]
    public async Task Serialize_Prompt_IsTypedInAnswersAndBareInEvents()
    {
        var prompt = await ChatPromptTemplate.FromMessages(("human", "{x}")).InvokeAsync(ChainValues.Of("x", "hi"), TestContext.Current.CancellationToken);
        Assert.Equal(
            """{"messages":[{"content":"hi","additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null,"example":false}],"type":"ChatPromptValueConcrete"}""",
            JsonSerializer.Serialize(prompt, RuntimeJson.Options));
        Assert.Equal(
            """{"messages":[{"content":"hi","additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null}]}""",
            JsonSerializer.Serialize(prompt, RuntimeJson.EventOptions));
    }
}
