using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Serving.Runtime.Agents;
using Serving.Runtime.Chat;
using Serving.Runtime.Retrievers;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Serialization;

public sealed class RuntimeJsonTests
{
    private static string Write(object? value) => JsonSerializer.Serialize(value, value?.GetType() ?? typeof(object), RuntimeJson.Options);

    private static void AssertWrites(string expected, object? value) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(Write(value))), Write(value));

    [Fact]
    public void Write_Documents_HaveTheWireForm()
    {
        AssertWrites("""{"id":"d1","metadata":{"source":"s"},"page_content":"doc","type":"Document"}""", new Document("doc") { Id = "d1", Metadata = ChainValues.Of("source", "s") });
        AssertWrites("""[{"id":null,"metadata":{},"page_content":"a","type":"Document"}]""", new[] { new Document("a") });
    }

    [Fact]
    public void Read_Document_GivesItsFields()
    {
        var document = JsonSerializer.Deserialize<Document>("""{"page_content":"a","metadata":{"n":1},"type":"Document"}""", RuntimeJson.Options)!;
        Assert.Equal("a", document.PageContent);
        Assert.Equal("1", document.Metadata["n"]!.ToString());
    }

    [Fact]
    public void Write_Prompts_HaveTheWireForm()
    {
        AssertWrites("""{"text":"p","type":"StringPromptValue"}""", new StringPromptValue("p"));
        AssertWrites("\"p\"", PromptValue.FromText("p"));
        AssertWrites(
            """{"messages":[{"content":"q","additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null,"example":false}],"type":"ChatPromptValueConcrete"}""",
            new ChatPromptValue([new(ChatRole.User, "q")]));
    }

    [Fact]
    public void Write_Agents_HaveTheWireForm()
    {
        AssertWrites("""{"return_values":{"output":"done"},"log":"fin","type":"AgentFinish"}""", new AgentFinish(ChainValues.Of("output", "done"), "fin"));
    }

    [Fact]
    public void Write_Results_HaveTheWireForm()
    {
        AssertWrites(
            """{"text":"cg","generation_info":null,"type":"ChatGeneration","message":{"content":"cg","additional_kwargs":{},"response_metadata":{},"type":"ai","name":null,"id":null}}""",
            new ChatGeneration(new AssistantMessage("cg")));
        AssertWrites(
            """{"text":"cgc","generation_info":null,"type":"ChatGenerationChunk","message":{"content":"cgc","additional_kwargs":{},"response_metadata":{},"type":"AIMessageChunk","name":null,"id":null}}""",
            new ChatGeneration(new AssistantMessage("cgc") { IsChunk = true }));
    }

    [Theory]
    [InlineData(1d, "1.0")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(double.NaN, "null")]
    [InlineData(double.PositiveInfinity, "null")]
    [InlineData(1e22, "1E+22")]
    [InlineData(1.5e-7, "1.5E-07")]
    public void Write_Reals_KeepTheirPointAndLoseInfinities(double value, string expected)
    {
        Assert.Equal(expected, Write(value));
        Assert.Equal($"{{\"x\":{expected}}}", Write(ChainValues.Of("x", value)));
    }

    [Fact]
    public void Write_LineSeparators_AreEscaped()
    {
        Assert.Equal("\"a\\u2028b\\u2029c\\u0085d\"", Write("a\u2028b\u2029c\u0085d"));
        Assert.Equal("{\"\\u2028\":\"caf\u00e9 <b> &\"}", Write(ChainValues.Of("\u2028", "caf\u00e9 <b> &")));
    }

    [Fact]
    public void Write_OtherTypes_AreSnakeCase()
    {
        AssertWrites(
            """{"first_name":"Ada","when":"2024-01-02T03:04:05+00:00","kind":"Second","values":{"a":[1,"two",null]}}""",
            new Record("Ada", new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), Kind.Second, ChainValues.Of("a", new object?[] { 1, "two", null })));
        Assert.Equal("\"12345678-1234-5678-1234-567812345678\"", Write(Guid.Parse("12345678-1234-5678-1234-567812345678")));
    }

    [Fact]
    public void RoundTrip_NamedValues_KeepTheirOrder() => Assert.Equal(
        """{"b":1,"a":"x","c":null,"d":[1,{"e":true}]}""",
        Write(JsonSerializer.Deserialize<ChainValues>("""{"b":1,"a":"x","c":null,"d":[1,{"e":true}]}""", RuntimeJson.Options)));

    private enum Kind
    {
        First,
        Second,
    }

    private sealed record Record(string FirstName, DateTimeOffset When, Kind Kind, ChainValues Values);
}
