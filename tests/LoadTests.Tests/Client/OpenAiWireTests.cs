using System.Text;
using Serving.LoadTests.Client;

namespace Serving.LoadTests.Tests.Client;

public sealed class OpenAiWireTests
{
    [Theory]
    [InlineData("[DONE]", EventKind.End, "")]
    [InlineData("""{"error":{"message":"m"}}""", EventKind.Error, "")]
    [InlineData("""{"choices":[{"delta":{"content":" t7"}}]}""", EventKind.Piece, " t7")]
    [InlineData("""{"choices":[{"delta":{"role":"assistant","content":""}}]}""", EventKind.Piece, "")]
    [InlineData("""{"choices":[],"usage":{"total_tokens":5}}""", EventKind.Other, "")]
    [InlineData("""{"choices":[{"delta":{"content":null}}]}""", EventKind.Other, "")]
    [InlineData("""{"choices":[{"delta":""", EventKind.Piece, """{"choices":[{"delta":""")]
    public void Read_Event_IsWhatItMeans(string data, EventKind kind, string text)
    {
        Assert.Equal(kind, OpenAiWire.Instance.Read(default, Encoding.UTF8.GetBytes(data), out var found, out _));
        Assert.Equal(text, Encoding.UTF8.GetString(found));
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"t0 t1"}}]}""", true)]
    [InlineData("""{"choices":[{"message":{"content":"t0 t2"}}]}""", false)]
    [InlineData("""{"choices":[{"message":{"content":"t0 t1"}}]""", false)]
    [InlineData("""{"choices":[]}""", false)]
    public void Check_Answer_IsItsContent(string body, bool isRight)
    {
        var request = OpenAiWire.Request(RequestKind.Invoke, "sim", "[]", pieces: 2);
        Assert.Equal(isRight, OpenAiWire.Instance.Check(request, Encoding.UTF8.GetBytes(body), out _) is null);
    }
}
