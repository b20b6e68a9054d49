using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Serving.Endpoints.Options;
using Serving.Runtime.Agents;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;
using Serving.Runtime.Tools;

namespace Serving.Endpoints.Tests.Handlers;

public sealed class AgentTests
{
    private const string Limit = "'/agent' called its model 2 times, the limit of this call, and has no answer yet. Raise recursion_limit, or ask for less at once.";

    [Fact]
    public async Task Agent_RecursionLimitOfTheCall_EndsItWith422()
    {
        await using var app = await StartAsync(ScriptedReply.Of(new FunctionCallContent("c", "clock")));
        using var client = app.CreateClient();

        var (status, error) = await client.CallAsync("/agent/invoke", """{"input": "?", "config": {"recursion_limit": 2}}""");
        Assert.Equal((422, Limit), (status, error.Message()));

        using var stream = await client.PostAsync("/agent/stream", """{"input": "?", "config": {"recursion_limit": 2}}""");
        Assert.Equal((422, Limit), ((int)stream.StatusCode, (await stream.JsonAsync()).Message()));
    }

    [Fact]
    public async Task Stream_LimitReachedAfterText_EndsWithAnErrorEvent()
    {
        await using var app = await StartAsync(ScriptedReply.Of(new TextContent("Again."), new FunctionCallContent("c", "clock")));
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/agent/stream", """{"input": "?", "config": {"recursion_limit": 2}}""");

        Assert.Equal(["metadata", "data", "data", "error"], events.Select(item => item.Name).Where(name => name != "end"));
        Assert.Equal(["Again.", "\n\nAgain."], events.Where(item => item.Name == "data").Select(item => item.Json.GetProperty("content").GetString()));
        var error = events.Single(item => item.Name == "error").Json;
        Assert.Equal((422, Limit), (error.GetProperty("status_code").GetInt32(), error.Message()));
    }

    private static Task<WebApplication> StartAsync(params ScriptedReply[] replies) => TestHost.StartAsync(null, app => app.MapRunnable(
        "/agent",
        new ToolCallingAgent(new ChatModel(new ScriptedChatClient(replies)), [Tool.Create(() => "noon", "clock")]),
        options => options.ConfigKeys = ConfigKeys.RecursionLimit));
}
