using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Serving.Endpoints.Tests.Events;

public sealed class StreamLogTests
{
    [Fact]
    public async Task StreamLog_Chain_BuildsUpADocumentOfTheRun()
    {
        var ops = await CallAsync("");

        Assert.Equal("replace ", ops[0].Title);
        var root = ops[0].Value;
        Assert.Equal(["final_output", "id", "logs", "name", "streamed_output", "type"], root.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal("/chat", root.GetProperty("name").GetString());
        Assert.Equal(
            [
                "add /logs/ChatPromptTemplate", "add /logs/ChatPromptTemplate/final_output", "add /logs/ChatPromptTemplate/end_time",
                "add /logs/FakeModel", "add /logs/FakeModel/streamed_output_str/-", "add /logs/FakeModel/streamed_output/-",
                "add /logs/StrOutputParser", "add /logs/StrOutputParser/streamed_output/-", "add /streamed_output/-", "replace /final_output",
            ],
            ops.Skip(1).Take(10).Select(op => op.Title));
        Assert.Equal(["\"Hi\"", "\"Hi \"", "\"Hi you\""], ops.Where(op => op.Title == "replace /final_output").Select(op => op.Value.GetRawText()));
        Assert.Equal("llm", ops.Single(op => op.Title == "add /logs/FakeModel").Value.GetProperty("type").GetString());
        Assert.Equal("""{"output":"Hi you"}""", ops.Single(op => op.Title == "add /logs/StrOutputParser/final_output").Value.GetRawText());
    }

    [Theory]
    [InlineData(""", "include_types": ["llm"]""", "FakeModel")]
    [InlineData(""", "include_names": ["StrOutputParser"], "diff": true""", "StrOutputParser")]
    [InlineData(""", "exclude_tags": ["seq:step:1", "seq:step:3"]""", "FakeModel")]
    [InlineData(""", "include_names": []""", "")]
    public async Task StreamLog_Filters_LeaveOutLogsAndNeverTheAnswer(string filter, string expected)
    {
        var ops = await CallAsync(filter);

        var logs = ops.Where(op => op.Title.StartsWith("add /logs/", StringComparison.Ordinal)).Select(op => op.Title.Split('/')[2]).Distinct();
        Assert.Equal(expected, string.Join(' ', logs));
        Assert.Equal("\"Hi you\"", ops.Last(op => op.Title == "replace /final_output").Value.GetRawText());
    }

    private static async Task<IReadOnlyList<(string Title, JsonElement Value)>> CallAsync(string filter)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/chat", TestChains.Chat));
        using var client = app.CreateClient();
        var events = await client.StreamAsync("/chat/stream_log", $$"""{"input": {"topic": "x"} {{filter}}}""");
        Assert.Equal("end", events[^1].Name);
        return
        [
            .. events.SkipLast(1).SelectMany(e => e.Json.GetProperty("ops").EnumerateArray())
                .Select(op => ($"{op.GetProperty("op").GetString()} {op.GetProperty("path").GetString()}", op.GetProperty("value"))),
        ];
    }
}
