using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Endpoints.Tests.Handlers;

public sealed class InvokeTests
{
    [Fact]
    public async Task Invoke_Chain_AnswersOutputThenMetadata()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/chat", TestChains.Chat));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/chat/invoke", """{"input": {"topic": "x"}}""");

        Assert.Equal(200, status);
        Assert.Equal("Hi you", json.GetProperty("output").GetString());
        var metadata = json.GetProperty("metadata");
        Assert.True(metadata.GetProperty("run_id").TryGetGuid(out _));
        Assert.Equal(0, metadata.GetProperty("feedback_tokens").GetArrayLength());
        Assert.Equal(["output", "metadata"], json.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task Invoke_CallbackEvents_TellsRunsInOrder()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/chat", TestChains.Chat, options => options.IncludeCallbackEvents = true));
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/chat/invoke", """{"input": {"topic": "x"}}""");

        Assert.Equal(
            ["on_chain_start", "on_chain_start", "on_chain_end", "on_chat_model_start", "on_llm_end", "on_chain_start", "on_chain_end", "on_chain_end"],
            json.GetProperty("callback_events").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
        Assert.Equal(json.GetProperty("metadata").GetProperty("run_id").GetString(), json.GetProperty("callback_events")[0].GetProperty("run_id").GetString());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Invoke_AnyContentType_ReadsJson(string? contentType)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();
        using var body = new ByteArrayContent("""{"input": 1}"""u8.ToArray());
        if (contentType is not null)
            body.Headers.ContentType = new(contentType);

        using var response = await client.PostContentAsync("/add/invoke", body);

        Assert.Equal(2, (await response.JsonAsync()).GetProperty("output").GetInt32());
    }

    [Fact]
    public async Task Invoke_OutputWithoutJsonForm_Is500AndNoHalfDocument()
    {
        var chain = Runnable.Lambda<JsonElement, ChainValues>("bad", _ => ChainValues.Of(("good", 1), ("bad", typeof(object))));
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/bad", chain));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/bad/invoke", """{"input": 1}""");

        Assert.Equal(500, status);
        Assert.Equal("Internal Server Error", json.Message());
    }

    [Fact]
    public async Task Invoke_Fails_TellsTheRunItFailedIn()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/bad", TestChains.Failing(() => new InvalidOperationException("no"))));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/bad/invoke", """{"input": 1}""");

        Assert.Equal(500, status);
        Assert.True(json.GetProperty("run_id").TryGetGuid(out _));
        Assert.Equal("Internal Server Error", json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Invoke_RootPath_ServesAtTheRootUnderTheChainsName()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("", TestChains.Echo));
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/stream_events", """{"input": 1}""");
        var (status, _) = await client.CallAsync("/c/N4XyA/invoke", """{"input": 1}""");

        Assert.Equal("echo", events[0].Json.GetProperty("name").GetString());
        Assert.Equal(200, status);
    }

    [Fact]
    public async Task Invoke_InputAtTheDepthLimit_ComesBackFromEveryEndpoint()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/echo", TestChains.Echo));
        using var client = app.CreateClient();
        var deep = new string('[', 248) + new string(']', 248);
        var body = $$"""{"input": {{deep}}}""";

        var (status, json) = await client.CallAsync("/echo/invoke", body);
        var (batchStatus, batch) = await client.CallAsync("/echo/batch", $$"""{"inputs": [{{deep}}]}""");
        var stream = await client.StreamAsync("/echo/stream", body);
        var log = await client.StreamAsync("/echo/stream_log", body);
        var events = await client.StreamAsync("/echo/stream_events", body);

        Assert.Equal((200, 200), (status, batchStatus));
        Assert.Equal(deep, json.GetProperty("output").GetRawText());
        Assert.Equal(deep, batch.GetProperty("output")[0].GetRawText());
        Assert.Equal(deep, stream.Single(e => e.Name == "data").Data);
        Assert.All([stream, log, events], all => Assert.Equal("end", all[^1].Name));
    }
}
