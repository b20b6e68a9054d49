using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Tests.Chat;

public sealed class PromptValueShapeTests
{
    private static PromptValue Read(string json) => (PromptValue)JsonShape.For<PromptValue>().Read(JsonElement.Parse(json))!;

    [Theory]
    [InlineData("\"hi\"", true)]
    [InlineData("""{"text":"hi","type":"StringPromptValue"}""", false)]
    public void Read_Text_IsATextPrompt(string json, bool plain)
    {
        var prompt = Assert.IsType<StringPromptValue>(Read(json));
        Assert.Equal(("hi", plain), (prompt.Text, prompt.IsPlain));
    }

    [Theory]
    [InlineData("""[{"type":"human","content":"hi"}]""", true)]
    [InlineData("""{"messages":[{"type":"human","content":"hi"}],"type":"ChatPromptValueConcrete"}""", false)]
    public void Read_Messages_AreAChatPrompt(string json, bool plain)
    {
        var prompt = Assert.IsType<ChatPromptValue>(Read(json));
        Assert.Equal("hi", Assert.Single(prompt.Messages).Text);
        Assert.Equal(plain, prompt.IsPlain);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[5]")]
    [InlineData("""{"lc":1,"type":"constructor","id":["x"],"kwargs":{}}""")]
    public void Read_AnythingElse_IsRefused(string json)
    {
        Assert.False(JsonShape.For<PromptValue>().TryRead(JsonElement.Parse(json), out _, out var errors));
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void ToText_Messages_NameTheirSpeakers()
    {
        var prompt = new ChatPromptValue([new(ChatRole.System, "s"), new(ChatRole.User, "h"), new(ChatRole.Assistant, "a"), new(new ChatRole("moderator"), "m")]);
        Assert.Equal("System: s\nHuman: h\nAI: a\nmoderator: m", prompt.ToText());
        Assert.Same(prompt, prompt.ToChat());
        Assert.Equal("x", Assert.Single(PromptValue.FromText("x").ToChat().Messages).Text);
    }
}
