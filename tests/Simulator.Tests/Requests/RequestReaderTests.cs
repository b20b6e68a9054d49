using System.Text;
using System.Text.Json;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Tests.Requests;

public sealed class RequestReaderTests
{
    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"one two"}]}""", 2)]
    [InlineData("""{"messages":[{"role":"system","content":" a\n\tb "},{"role":"user","content":"\u0061\u0020b"}]}""", 4)]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"a b"},{"type":"image_url","image_url":{"url":"not counted here"}}]}]}""", 2)]
    [InlineData("""{"messages":[{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"a b","arguments":"{\"content\": \"a b\"}"}}]},{"role":"tool","content":"x"}]}""", 1)]
    [InlineData("""{"system":"a b","messages":[{"role":"user","content":"c"}]}""", 3)]
    [InlineData("""{"system":[{"type":"text","text":"a b"}],"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"c d"}]}]}]}""", 4)]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","input":{"text":"a b","content":"c"}}]}],"tools":[{"name":"t","description":"a b c"}]}""", 0)]
    [InlineData("""{"messages":[{"role":"user","content":""}]}""", 0)]
    public void PromptWords_OfEveryForm_AreThoseOfItsTexts(string json, int expected)
    {
        Assert.Equal(expected, Read(json).PromptWords);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", 0)]
    [InlineData("""{"messages":[{"role":"tool","content":"x"},{"role":"tool","content":"x"}]}""", 1)]
    [InlineData("""{"messages":[{"role":"tool","content":"x"},{"content":"y","role":"assistant"},{"role":"tool","content":"x"}]}""", 2)]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"},{"type":"text","text":"y"}]}]}""", 1)]
    public void ToolRounds_OfAConversation_AreCountedOnceEach(string json, int expected)
    {
        Assert.Equal(expected, Read(json).ToolRounds);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"messages":[]} x""")]
    [InlineData("""{"messages":5}""")]
    public void Body_ThatIsNoRequest_Throws(string json)
    {
        Assert.ThrowsAny<JsonException>(() => Read(json));
    }

    private static ModelRequest Read(string json) => RequestReader.Read(Encoding.UTF8.GetBytes(json));
}
