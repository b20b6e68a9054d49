using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Config;
using Serving.Endpoints.Options;
using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Endpoints.Tests.Config;

public sealed class ConfigReaderTests
{
    private static readonly Runnable<ChainValues, string> Say = Configurable("say {name}");

    [Theory]
    [InlineData("invoke", "", "Invalid JSON body")]
    [InlineData("invoke", "{", "Invalid JSON body")]
    [InlineData("invoke", "[]", "model_type")]
    [InlineData("batch", "null", "model_type")]
    [InlineData("stream", "\"x\"", "model_type")]
    [InlineData("invoke", "{}", "missing [\"input\"]")]
    [InlineData("batch", "{}", "missing [\"inputs\"]")]
    [InlineData("batch", """{"inputs": 5}""", "list_type [\"inputs\"]")]
    [InlineData("batch", """{"inputs": null}""", "list_type [\"inputs\"]")]
    [InlineData("invoke", """{"input": null}""", "int_type []")]
    [InlineData("invoke", """{"input": 5.5}""", "int_from_float []")]
    [InlineData("invoke", """{"input": 1, "config": 5}""", "dict_type [\"config\"]")]
    [InlineData("batch", """{"inputs": [1], "config": "x"}""", "dict_type [\"config\"]")]
    [InlineData("batch", """{"inputs": [1], "config": [5]}""", "dict_type [\"config\",0]")]
    [InlineData("invoke", """{"input": 1, "config": {"tags": 5}}""", "list_type [\"tags\"]")]
    [InlineData("invoke", """{"input": 1, "config": {"tags": [5]}}""", "string_type [\"tags\",0]")]
    [InlineData("invoke", """{"input": 1, "config": {"metadata": 5}}""", "dict_type [\"metadata\"]")]
    [InlineData("invoke", """{"input": 1, "config": {"run_id": "x"}}""", "uuid_parsing [\"run_id\"]")]
    [InlineData("invoke", """{"input": 1, "config": {"recursion_limit": "x"}}""", "int_parsing [\"recursion_limit\"]")]
    [InlineData("invoke", """{"input": 1, "config": {"max_concurrency": 1.5}}""", "int_from_float [\"max_concurrency\"]")]
    [InlineData("stream_events", """{"input": 1, "include_names": "x"}""", "sequence_str [\"include_names\"]")]
    [InlineData("stream_log", """{"input": 1, "exclude_tags": 5}""", "is_instance_of [\"exclude_tags\"]")]
    [InlineData("stream_log", """{"input": 1, "include_types": [5]}""", "string_type [\"include_types\",0]")]
    public async Task Request_Misformed_Is422WithItsPlace(string endpoint, string body, string expected)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne, options => options.ConfigKeys = ConfigKeys.All));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync($"/add/{endpoint}", body);

        Assert.Equal(422, status);
        var problem = json.GetProperty("detail")[0];
        Assert.StartsWith(expected, problem.ValueKind == JsonValueKind.String
            ? problem.GetString()
            : $"{problem.GetProperty("type").GetString()} {problem.GetProperty("loc").GetRawText()}", StringComparison.Ordinal);
        Assert.NotEmpty(json.Message());
    }

    [Theory]
    [InlineData("\"5\"", 6)]
    [InlineData("5.0", 6)]
    [InlineData("true", 2)]
    public async Task Input_LaxInteger_IsTaken(string input, int expected)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/add/invoke", $$"""{"input": {{input}}, "kwargs": "anything", "other": [1]}""");

        Assert.Equal(expected, json.GetProperty("output").GetInt32());
    }

    [Fact]
    public async Task Config_NullOrAbsent_IsNone()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();

        Assert.Equal(200, (await client.CallAsync("/add/invoke", """{"input": 1, "config": null}""")).Status);
        Assert.Equal(200, (await client.CallAsync("/add/batch", """{"inputs": [1], "config": null}""")).Status);
        Assert.Equal(200, (await client.CallAsync("/add/batch", """{"inputs": [1], "config": [null]}""")).Status);
    }

    [Fact]
    public async Task Config_UnknownAndClosedKeys_AreDropped()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/echo", TestChains.Echo));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync(
            "/echo/invoke",
            """{"input": 1, "config": {"tags": ["t"], "run_id": "12345678-1234-5678-1234-567812345678", "recursionLimit": 5, "x": 1, "configurable": {"c": 1}}}""");

        Assert.Equal(200, status);
        Assert.NotEqual("12345678-1234-5678-1234-567812345678", json.GetProperty("metadata").GetProperty("run_id").GetString());
    }

    [Fact]
    public async Task Config_HiddenConfigurable_Is422UnlessItAsksForNothing()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/say", Say, options => options.ConfigKeys = ConfigKeys.Tags));
        using var client = app.CreateClient();

        var (refused, json) = await client.CallAsync("/say/invoke", """{"input": {"name": "a"}, "config": {"configurable": {"template": "x"}}}""");
        var (taken, _) = await client.CallAsync("/say/invoke", """{"input": {"name": "a"}, "config": {"configurable": {}}}""");
        var (hashed, _) = await client.CallAsync($"/say/c/{ConfigHash.Encode("""{"configurable": {"template": "x"}}""")}/invoke", """{"input": {"name": "a"}}""");

        Assert.Equal((422, 200, 422), (refused, taken, hashed));
        Assert.Contains("`configurable`", json.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_Configurable_DecidesWhatInputIsValid()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/say", Say));
        using var client = app.CreateClient();
        const string Config = """{"configurable": {"template": "hi {who}"}}""";

        var (byBody, answer) = await client.CallAsync("/say/invoke", $$"""{"input": {"who": "a"}, "config": {{Config}}}""");
        var (byHash, same) = await client.CallAsync($"/say/c/{ConfigHash.Encode(Config)}/invoke", """{"input": {"who": "a"}}""");
        var (wrong, _) = await client.CallAsync("/say/invoke", $$"""{"input": {"name": "a"}, "config": {{Config}}}""");
        var (bad, json) = await client.CallAsync("/say/invoke", """{"input": {"name": "a"}, "config": {"configurable": {"template": 5}}}""");

        Assert.Equal((200, 200, 422, 422), (byBody, byHash, wrong, bad));
        Assert.Equal("hi a", answer.GetProperty("output").GetString());
        Assert.Equal("hi a", same.GetProperty("output").GetString());
        Assert.Equal("""["configurable","template"]""", json.GetProperty("detail")[0].GetProperty("loc").GetRawText());
    }

    [Fact]
    public async Task Config_HashAndBody_MergeAndTheBodyWins()
    {
        var show = Runnable.Lambda<JsonElement, ChainValues>("show", (_, context) => ChainValues.Of(
            ("tags", context.Config.Tags), ("metadata", context.Config.Metadata), ("limit", context.Config.RecursionLimit), ("most", context.Config.MaxConcurrency)));
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/show", show, options => options.ConfigKeys = ConfigKeys.All));
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("User-Agent", "test/1");
        var hash = ConfigHash.Encode("""{"tags": ["b", "a"], "metadata": {"x": 1, "y": 1}, "recursion_limit": 7, "max_concurrency": 3}""");

        var (_, json) = await client.CallAsync($"/show/c/{hash}/invoke", """{"input": 1, "config": {"tags": ["c", "a"], "metadata": {"y": 2, "__useragent": "forged"}, "recursion_limit": 25}}""");

        var output = json.GetProperty("output");
        Assert.Equal("""["a","b","c"]""", output.GetProperty("tags").GetRawText());
        Assert.Equal((7, 3), (output.GetProperty("limit").GetInt32(), output.GetProperty("most").GetInt32()));
        var metadata = output.GetProperty("metadata");
        Assert.Equal((1, 2), (metadata.GetProperty("x").GetInt32(), metadata.GetProperty("y").GetInt32()));
        Assert.Equal("test/1", metadata.GetProperty("__useragent").GetString());
        Assert.Equal("0.3.3", metadata.GetProperty("__langserve_version").GetString());
        Assert.Equal("invoke", metadata.GetProperty("__langserve_endpoint").GetString());
    }

    [Theory]
    [InlineData("invoke")]
    [InlineData("batch")]
    [InlineData("stream")]
    [InlineData("stream_log")]
    [InlineData("stream_events")]
    public async Task PerRequestConfig_SeesTheRequestAndMayRefuse(string endpoint)
    {
        var chain = Runnable.Lambda<JsonElement, object?>("user", (_, context) => context.Config.Metadata["user"]);
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/user", chain, options => options.PerRequestConfig = (config, http) =>
        {
            if (!http.Request.Headers.TryGetValue("X-User", out var user))
                throw new StatusException(StatusCodes.Status401Unauthorized, "Who are you?", new Dictionary<string, string> { ["WWW-Authenticate"] = "Custom" });
            return new(config with { Metadata = config.Metadata.With("user", user.ToString()) });
        }));
        using var client = app.CreateClient();

        using var refused = await client.PostAsync($"/user/{endpoint}", """{"input": 1, "inputs": [1]}""");
        client.DefaultRequestHeaders.Add("X-User", "ada");
        using var taken = await client.PostAsync($"/user/{endpoint}", """{"input": 1, "inputs": [1]}""");

        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal("Custom", refused.Headers.WwwAuthenticate.ToString());
        Assert.Equal("Who are you?", (await refused.JsonAsync()).Message());
        Assert.Contains("\"ada\"", await taken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schemas_OfAHash_AreThoseOfItsConfig()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/say", Say));
        using var client = app.CreateClient();
        var hash = ConfigHash.Encode("""{"configurable": {"template": "hi {who}"}}""");

        var plain = await client.GetStringAsync("/say/input_schema", TestContext.Current.CancellationToken);
        var hashed = await client.GetStringAsync($"/say/c/{hash}/input_schema", TestContext.Current.CancellationToken);
        var config = await client.GetStringAsync("/say/config_schema", TestContext.Current.CancellationToken);

        Assert.Contains("\"name\"", plain, StringComparison.Ordinal);
        Assert.Contains("\"who\"", hashed, StringComparison.Ordinal);
        Assert.Contains("\"template\"", config, StringComparison.Ordinal);
    }

    private static Runnable<ChainValues, string> Configurable(string template)
    {
        Runnable<ChainValues, Runtime.Chat.PromptValue> prompt = PromptTemplate.FromTemplate(template);
        return prompt
            .ConfigurableField(new ConfigurableField("template") { Default = template }, value => PromptTemplate.FromTemplate((string)value!))
            .Pipe(value => value.ToText());
    }
}
