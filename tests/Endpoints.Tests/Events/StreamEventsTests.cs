using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Events;

public sealed class StreamEventsTests
{
    private const string Input = """{"topic": "x"}""";

    [Fact]
    public async Task StreamEvents_PromptModelParser_TellsThemInTheOrderOfTheSource()
    {
        var (all, end) = await CallAsync();

        Assert.Equal("end", end);
        Assert.Equal(
            [
                "on_chain_start /chat", "on_prompt_start ChatPromptTemplate", "on_prompt_end ChatPromptTemplate", "on_chat_model_start FakeModel",
                "on_chat_model_stream FakeModel", "on_parser_start StrOutputParser", "on_parser_stream StrOutputParser", "on_chain_stream /chat",
                "on_chat_model_stream FakeModel", "on_parser_stream StrOutputParser", "on_chain_stream /chat",
                "on_chat_model_stream FakeModel", "on_parser_stream StrOutputParser", "on_chain_stream /chat",
                "on_chat_model_end FakeModel", "on_parser_end StrOutputParser", "on_chain_end /chat",
            ],
            all.Select(Title));
    }

    [Fact]
    public async Task StreamEvents_Each_HasTheShapeOfVersion2()
    {
        var (all, _) = await CallAsync();
        var root = all[0].GetProperty("run_id").GetString();

        Assert.All(all, e =>
        {
            Assert.Equal(
                ["data", "event", "metadata", "name", "parent_ids", "run_id", "tags"],
                e.EnumerateObject().Select(property => property.Name).Order());
            Assert.DoesNotContain(e.GetProperty("metadata").EnumerateObject(), property => property.Name.StartsWith("__", StringComparison.Ordinal));
            var parents = e.GetProperty("parent_ids").EnumerateArray().Select(id => id.GetString());
            Assert.Equal(e.GetProperty("run_id").GetString() == root ? [] : [root], parents);
        });
        Assert.Equal("""["seq:step:2"]""", all.First(e => Title(e) == "on_chat_model_start FakeModel").GetProperty("tags").GetRawText());
        Assert.Equal("x", all[0].GetProperty("data").GetProperty("input").GetProperty("topic").GetString());
        Assert.Equal("""{"output":"Hi you"}""", all[^1].GetProperty("data").GetRawText());
        Assert.Equal("""{"chunk":"Hi"}""", all.First(e => Title(e) == "on_chain_stream /chat").GetProperty("data").GetRawText());
        var model = all.First(e => Title(e) == "on_chat_model_end FakeModel").GetProperty("data");
        Assert.Equal("AIMessageChunk", model.GetProperty("output").GetProperty("type").GetString());
        Assert.Equal("Tell me about x", model.GetProperty("input").GetProperty("messages")[0][0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task StreamEvents_Version1_HasNoParentsAndTheModelsResult()
    {
        var (all, _) = await CallAsync(version: StreamEventsVersion.V1);

        Assert.All(all, e => Assert.Equal(0, e.GetProperty("parent_ids").GetArrayLength()));
        var model = all.First(e => Title(e) == "on_chat_model_end FakeModel").GetProperty("data").GetProperty("output");
        Assert.Equal("Hi you", model.GetProperty("generations")[0][0].GetProperty("text").GetString());
        Assert.Equal(["\"Hi\"", "\" \"", "\"you\""], all.Where(e => Title(e) == "on_chain_stream /chat").Select(e => e.GetProperty("data").GetProperty("chunk").GetRawText()));
    }

    [Theory]
    [InlineData(""" "include_types": ["chat_model"] """, "FakeModel")]
    [InlineData(""" "include_names": ["StrOutputParser"] """, "StrOutputParser")]
    [InlineData(""" "include_tags": ["seq:step:1"] """, "ChatPromptTemplate")]
    [InlineData(""" "include_types": ["parser"], "include_names": ["FakeModel"] """, "FakeModel StrOutputParser")]
    [InlineData(""" "exclude_types": ["chat_model", "prompt"], "exclude_names": ["/chat"] """, "StrOutputParser")]
    [InlineData(""" "include_types": ["chat_model"], "exclude_tags": ["seq:step:2"] """, "")]
    [InlineData(""" "include_types": ["llm"] """, "")]
    [InlineData(""" "include_names": null """, "/chat ChatPromptTemplate FakeModel StrOutputParser")]
    public async Task StreamEvents_Filters_LeaveOutRuns(string filter, string expected)
    {
        var (all, end) = await CallAsync(filter);

        Assert.Equal("end", end);
        Assert.Equal(expected, string.Join(' ', all.Select(e => e.GetProperty("name").GetString()).Distinct().Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task StreamEvents_FirstEventTold_CarriesTheChainsInput()
    {
        var (all, _) = await CallAsync(""" "include_types": ["chat_model"] """);

        Assert.Equal("x", all[0].GetProperty("data").GetProperty("input").GetProperty("topic").GetString());
        Assert.False(all[^1].GetProperty("data").TryGetProperty("input", out _));
    }

    [Fact]
    public async Task StreamEvents_AuthorsOwnEvent_IsTold()
    {
        var chain = Runnable.LambdaAsync<JsonElement, int>("own", async (_, context) =>
        {
            await context.SendEventAsync("progress", new { Percent = 50 });
            return 1;
        });
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/own", chain));
        using var client = app.CreateClient();

        var custom = (await client.StreamAsync("/own/stream_events", """{"input": 1}"""))[1].Json;

        Assert.Equal("on_custom_event progress", Title(custom));
        Assert.Equal("""{"percent":50}""", custom.GetProperty("data").GetRawText());
    }

    private static string Title(JsonElement e) => $"{e.GetProperty("event").GetString()} {e.GetProperty("name").GetString()}";

    private static async Task<(IReadOnlyList<JsonElement> Events, string Last)> CallAsync(string? filter = null, StreamEventsVersion version = StreamEventsVersion.V2)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/chat", TestChains.Chat, options => options.StreamEventsVersion = version));
        using var client = app.CreateClient();
        var events = await client.StreamAsync("/chat/stream_events", $$"""{"input": {{Input}} {{(filter is null ? "" : "," + filter)}} }""");
        Assert.All(events.SkipLast(1), e => Assert.Equal("data", e.Name));
        return ([.. events.SkipLast(1).Select(e => e.Json)], events[^1].Name);
    }
}
