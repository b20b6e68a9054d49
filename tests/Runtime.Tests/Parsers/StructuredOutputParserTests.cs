using System.ComponentModel;
using System.Text.Json;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Parsers;

namespace Serving.Runtime.Tests.Parsers;

public sealed class StructuredOutputParserTests
{
    private static readonly JsonElement Schema = JsonElement.Parse(
        """{"title":"Verdict","type":"object","properties":{"score":{"type":"integer"},"why":{"type":"string","default":"none"}},"required":["score"]}""");

    [Fact]
    public async Task Parse_Fitting_GivesTheObject()
    {
        var person = await new StructuredOutputParser<Person>().InvokeAsync(
            new AssistantMessage("```json\n{\"full_name\":\"Ada\",\"age\":\"36\",\"tags\":[\"x\"]}\n```"),
            TestContext.Current.CancellationToken);
        Assert.Equal(("Ada", 36), (person.FullName, person.Age));
        Assert.Equal(["x"], person.Tags!);
    }

    [Fact]
    public async Task Parse_NotFitting_NamesThePlacesAndQuotesNothing()
    {
        var error = await Assert.ThrowsAsync<OutputParserException>(async () => await new StructuredOutputParser<Person>().InvokeAsync(
            new AssistantMessage("{\"age\":\"confidential\",\"tags\":[\"x\",7]}"),
            TestContext.Current.CancellationToken));
        Assert.StartsWith("The model's answer does not fit its schema: full_name: Field required; age: Input should be a valid integer", error.Message, StringComparison.Ordinal);
        Assert.Contains("tags.1: Input should be a valid string", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("confidential", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.BadGateway, error.Kind);
    }

    [Fact]
    public async Task Parse_NoJson_Fails() => await Assert.ThrowsAsync<OutputParserException>(async () =>
        await new StructuredOutputParser<Person>().InvokeAsync(new AssistantMessage("no"), TestContext.Current.CancellationToken));

    [Fact]
    public void FormatInstructions_Type_StatesTheSchema()
    {
        var instructions = new StructuredOutputParser<Person>().FormatInstructions;
        Assert.Contains("\"full_name\":{\"type\":\"string\",\"title\":\"Full Name\",\"description\":\"First and last name.\"}", instructions, StringComparison.Ordinal);
        Assert.Contains(Schema.GetRawText(), new StructuredOutputParser(Schema).FormatInstructions, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"score\":3}", "{\"score\":3}")]
    [InlineData("{\"score\":\"3\"}", "{\"score\":3,\"why\":\"none\"}")]
    public async Task ParseBySchema_Fitting_GivesJson(string text, string expected)
    {
        var value = await new StructuredOutputParser(Schema).InvokeAsync(new AssistantMessage(text), TestContext.Current.CancellationToken);
        Assert.Equal(expected, value.GetRawText());
    }

    [Fact]
    public async Task ParseBySchema_NotFitting_NamesThePlaces()
    {
        var error = await Assert.ThrowsAsync<OutputParserException>(async () =>
            await new StructuredOutputParser(Schema).InvokeAsync(new AssistantMessage("{}"), TestContext.Current.CancellationToken));
        Assert.Equal("The model's answer does not fit its schema: score: Field required.", error.Message);
    }

    private sealed record Person([property: Description("First and last name.")] string FullName, int Age, IReadOnlyList<string>? Tags = null);
}
