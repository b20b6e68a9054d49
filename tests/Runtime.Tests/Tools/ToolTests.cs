using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tests.Runs;
using Serving.Runtime.Tools;

namespace Serving.Runtime.Tests.Tools;

public sealed class ToolTests
{
    private static readonly Tool Multiply = Tool.Create((int a, int b = 2) => a * b, "multiply", "Multiply two ints.");

    [Fact]
    public void GetInputShape_Method_IsTheRecordedSchema()
    {
        var expected = JsonNode.Parse(
            """{"description":"Multiply two ints.","properties":{"a":{"title":"A","type":"integer"},"b":{"default":2,"title":"B","type":"integer"}},"required":["a"],"title":"multiply","type":"object"}""");
        var schema = Multiply.GetInputShape(RunConfig.Empty).ToSchema();
        Assert.True(JsonNode.DeepEquals(expected, schema), schema.ToJsonString());
    }

    [Fact]
    public async Task Invoke_DefaultLeftOut_FillsItIn()
    {
        var input = (ChainValues)Multiply.GetInputShape(RunConfig.Empty).Read(JsonElement.Parse("""{"a":3}"""))!;
        Assert.Equal(ChainValues.Of(("a", 3L), ("b", 2L)), input);
        Assert.Equal(6, await Multiply.InvokeAsync(input, TestContext.Current.CancellationToken));
        Assert.Equal(14, await Multiply.InvokeAsync(ChainValues.Of("a", 7), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Describe_Tool_IsItsFunctions()
    {
        Assert.Equal("multiply", Multiply.Name);
        Assert.Equal("Multiply two ints.", Multiply.Description);
        Assert.Equal("multiply", Multiply.Function.Name);
        Assert.Equal(RunType.Tool, Multiply.RunType);
        Assert.Equal("{}", Multiply.GetOutputShape(RunConfig.Empty).ToSchema().ToJsonString());
    }

    [Fact]
    public async Task Invoke_OtherTypes_AreTakenAndGivenAsTheyAre()
    {
        var person = new Person("Ada");
        var tool = Tool.Create(Greet);
        Assert.Equal("Greet", tool.Name);
        Assert.Equal("Greets a person.", tool.Description);
        Assert.Equal("hi Ada x2", await tool.InvokeAsync(ChainValues.Of(("person", person), ("times", JsonElement.Parse("2"))), TestContext.Current.CancellationToken));
        Assert.Same(person, await Tool.Create(() => person, "who").InvokeAsync(ChainValues.Empty, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Invoke_FunctionThatGivesJson_IsUnwrapped()
    {
        var function = AIFunctionFactory.Create(() => new { Text = "t", Items = new object?[] { 1, 2.5, true, null } }, "get");
        var result = Assert.IsType<ChainValues>(await Tool.Create(function).InvokeAsync(ChainValues.Empty, TestContext.Current.CancellationToken));
        Assert.Equal("t", result["text"]);
        Assert.Equal(new object?[] { 1L, 2.5, true, null }, result["items"]);
        Assert.Equal(6L, await Tool.Create(AIFunctionFactory.Create((int a) => a * 2, "twice")).InvokeAsync(ChainValues.Of("a", 3), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Invoke_FunctionThatThrows_SurfacesTheException()
    {
        var tool = Tool.Create(new Action(() => throw new FormatException("inside")), "boom");
        var error = await Assert.ThrowsAsync<FormatException>(async () => await tool.InvokeAsync(ChainValues.Empty, TestContext.Current.CancellationToken));
        Assert.Equal("inside", error.Message);
    }

    [Fact]
    public async Task Invoke_Cancelled_ReachesTheFunction()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = CancellationToken.None;
        await Tool.Create((CancellationToken token) => { seen = token; }, "see").InvokeAsync(ChainValues.Empty, source.Token);
        Assert.Equal(source.Token, seen);
    }

    [Fact]
    public async Task Invoke_ParameterOfTheContext_IsTheRunsAndNoArgument()
    {
        var tool = Tool.Create((RunContext run, string text) => $"{text} {run.Config.Tags.Single()}", "tagged");
        var schema = tool.GetInputShape(RunConfig.Empty).ToSchema();
        Assert.Equal(["text"], ((JsonObject)schema["properties"]!).Select(property => property.Key));
        Assert.Equal("hi there", await tool.InvokeAsync(ChainValues.Of("text", "hi"), TestRun.Context(config: new RunConfig { Tags = ["there"] })));
    }

    [Description("Greets a person.")]
    private static string Greet(Person person, int times) => $"hi {person.Name} x{times}";

    private sealed record Person(string Name);
}
