using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Prompts;

public sealed class PromptTemplateTests
{
    private static async Task<string> Format(PromptTemplate template, params (string, object?)[] values) =>
        Assert.IsType<StringPromptValue>(await template.InvokeAsync(ChainValues.Of(values), TestContext.Current.CancellationToken)).Text;

    [Theory]
    [InlineData("say {name}", "say Ada")]
    [InlineData("{name}", "Ada")]
    [InlineData("{name}{name}", "AdaAda")]
    [InlineData("{{name}} is {name}", "{name} is Ada")]
    [InlineData("{{\"a\": {name}}}", "{\"a\": Ada}")]
    [InlineData("}}{{", "}{")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    public async Task Invoke_Template_PutsValuesInPlace(string template, string expected) =>
        Assert.Equal(expected, await Format(PromptTemplate.FromTemplate(template), ("name", "Ada")));

    [Theory]
    [InlineData("say {name", 5)]
    [InlineData("say {na{me}", 5)]
    [InlineData("say name}", 9)]
    [InlineData("{}", 1)]
    [InlineData("a {1b}", 3)]
    [InlineData("a { b}", 3)]
    [InlineData("{\"a\": 1}", 1)]
    [InlineData("{a:.2f}", 1)]
    [InlineData("{", 1)]
    public void FromTemplate_Malformed_SaysWhere(string template, int character)
    {
        var error = Assert.Throws<InvalidInputException>(() => PromptTemplate.FromTemplate(template));
        Assert.Contains($"at character {character}:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_ValuesOfOtherTypes_ReadInvariantly()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            var template = PromptTemplate.FromTemplate("{a}|{b}|{c}|{d}|{e}|{f}|{g}|{h}");
            var text = await Format(
                template,
                ("a", 1.5),
                ("b", true),
                ("c", null),
                ("d", JsonElement.Parse("\"quoted\"")),
                ("e", JsonElement.Parse("{\"k\":[1, 2]}")),
                ("f", new AssistantMessage("said")),
                ("g", new ChatMessage(ChatRole.User, "asked")),
                ("h", ChainValues.Of("k", 1)));
            Assert.Equal("1.5|true||quoted|{\"k\":[1, 2]}|said|asked|{\"k\":1}", text);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Invoke_MissingVariables_NamesThemAndThoseGiven()
    {
        var template = PromptTemplate.FromTemplate("{a} {b} {c}");
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await Format(template, ("b", "x"), ("z", "y")));
        Assert.Equal("The prompt needs values for 'a', 'c'; given were: b, z.", error.Message);
    }

    [Fact]
    public async Task Invoke_NoValuesAtAll_SaysSo()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(async () => await Format(PromptTemplate.FromTemplate("{a}")));
        Assert.Equal("The prompt needs a value for 'a'; no values were given.", error.Message);
    }

    [Fact]
    public async Task Partial_Value_SettlesTheVariable()
    {
        var template = PromptTemplate.FromTemplate("{b} {a}").Partial("a", "one").Partial("unused", "x");
        Assert.Equal(["b"], template.Variables);
        Assert.Equal("two one", await Format(template, ("a", "ignored"), ("b", "two")));
    }

    [Fact]
    public async Task Partial_Function_IsCalledOncePerPrompt()
    {
        var calls = 0;
        var template = PromptTemplate.FromTemplate("{n} {n}").Partial("n", () => $"{++calls}");
        Assert.Equal("1 1", await Format(template));
        Assert.Equal("2 2", await Format(template));
    }

    [Fact]
    public void GetInputShape_Variables_AreRequiredStringsInOrderOfFirstUse()
    {
        var schema = PromptTemplate.FromTemplate("{topic} {b} {topic}").GetInputShape(RunConfig.Empty).ToSchema();
        Assert.Equal(
            """{"properties":{"topic":{"type":"string","title":"Topic"},"b":{"type":"string","title":"B"}},"title":"PromptInput","type":"object","required":["topic","b"]}""",
            schema.ToJsonString());
    }

    [Fact]
    public void GetInputShape_NoVariables_IsAnEmptyObject() => Assert.Equal(
        """{"properties":{},"title":"PromptInput","type":"object"}""",
        PromptTemplate.FromTemplate("x").GetInputShape(RunConfig.Empty).ToSchema().ToJsonString());

    [Fact]
    public void Describe_Template_IsAPrompt()
    {
        var template = PromptTemplate.FromTemplate("say {name}");
        Assert.Equal("PromptTemplate", template.Name);
        Assert.Equal(RunType.Prompt, template.RunType);
        Assert.Equal("say {name}", template.Template);
    }

    [Fact]
    public async Task Invoke_ShortPrompt_AllocatesLittle()
    {
        var text = PromptTemplate.FromTemplate("Tell me about {topic}");
        var chat = ChatPromptTemplate.FromMessages(("system", "You are a helpful assistant."), ("human", "Tell me about {topic}"));
        var input = ChainValues.Of("topic", "the sea");
        var context = RunContext.Create(cancellationToken: TestContext.Current.CancellationToken);
        for (var i = 0; i < 100; i++)
        {
            await text.InvokeAsync(input, context);
            await chat.InvokeAsync(input, context);
        }

        Assert.InRange(await AllocatedBy(() => text.InvokeAsync(input, context)), 0, 512);
        Assert.InRange(await AllocatedBy(() => chat.InvokeAsync(input, context)), 0, 1024);
    }

    /// <summary>Bytes per call. The calls complete at once, so they stay on this thread.</summary>
    private static async Task<long> AllocatedBy(Func<ValueTask<PromptValue>> action)
    {
        const int Times = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
            await action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }
}
