using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Options;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Handlers;

public sealed class BatchTests
{
    private static readonly Runnable<int, int> FailsOnTwo = Runnable.Lambda<int, int>("fails_on_2", x => x switch
    {
        2 => throw new InvalidOperationException("secret"),
        3 => throw new ServingException(ErrorKind.RateLimited, "Slow down."),
        _ => x * 10,
    });

    [Fact]
    public async Task Batch_Inputs_KeepsOrderAndDuplicates()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/add/batch", """{"inputs": [5, 1, 5, 3, 5]}""");

        Assert.Equal(200, status);
        Assert.Equal([6, 2, 6, 4, 6], json.GetProperty("output").EnumerateArray().Select(item => item.GetInt32()));
        var metadata = json.GetProperty("metadata");
        var ids = metadata.GetProperty("run_ids").EnumerateArray().Select(id => id.GetGuid()).ToList();
        Assert.Equal(5, ids.Distinct().Count());
        Assert.Equal(ids, metadata.GetProperty("responses").EnumerateArray().Select(item => item.GetProperty("run_id").GetGuid()));
    }

    [Fact]
    public async Task Batch_NoInputs_AnswersNothing()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();

        using var response = await client.PostAsync("/add/batch", """{"inputs": []}""");

        Assert.Equal("""{"output":[],"metadata":{"responses":[],"run_ids":[]}}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(""" "return_exceptions": true """)]
    [InlineData(""" "kwargs": {"return_exceptions": true} """)]
    public async Task Batch_ReturnExceptions_PutsErrorsInPlace(string flag)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/f", FailsOnTwo));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/f/batch", $$"""{"inputs": [1, 2, "x", 3, 4], {{flag}} }""");

        Assert.Equal(200, status);
        var output = json.GetProperty("output");
        Assert.Equal((10, 40), (output[0].GetInt32(), output[4].GetInt32()));
        AssertError(output[1], 500, "Internal Server Error", "internal");
        Assert.Equal(422, output[2].GetProperty("error").GetProperty("status_code").GetInt32());
        Assert.Contains("valid integer", output[2].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        AssertError(output[3], 429, "Slow down.", "rate_limited");
        Assert.Equal(5, json.GetProperty("metadata").GetProperty("run_ids").GetArrayLength());

        static void AssertError(JsonElement item, int status, string message, string type)
        {
            var error = item.GetProperty("error");
            Assert.Equal(status, error.GetProperty("status_code").GetInt32());
            Assert.Equal(message, error.GetProperty("message").GetString());
            Assert.Equal(type, error.GetProperty("type").GetString());
        }
    }

    [Theory]
    [InlineData("[1, 2]", 500)]
    [InlineData("[1, 3]", 429)]
    [InlineData("[1, \"x\"]", 422)]
    public async Task Batch_OneFails_FailsWhole(string inputs, int expected)
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/f", FailsOnTwo));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/f/batch", $$"""{"inputs": {{inputs}}, "return_exceptions": false}""");

        Assert.Equal(expected, status);
        Assert.False(json.TryGetProperty("output", out _));
    }

    [Fact]
    public async Task Batch_BadInput_IsPlacedAmongTheInputs()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/add/batch", """{"inputs": [1, 5.5]}""");

        Assert.Equal(422, status);
        Assert.Equal("""["inputs",1]""", json.GetProperty("detail")[0].GetProperty("loc").GetRawText());
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData(2, 2)]
    [InlineData(100, 3)]
    [InlineData(0, 3)]
    public async Task Batch_MaxConcurrency_LowersTheCapAndNeverRaisesIt(int? asked, int expected)
    {
        var running = 0;
        var most = 0;
        using var reached = new SemaphoreSlim(0);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var chain = Runnable.LambdaAsync<int, int>("count", async (x, context) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            reached.Release();
            await goOn.Task.WaitAsync(context.CancellationToken);
            Interlocked.Decrement(ref running);
            return x;
        });
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.Configure<ServingLimits>(limits => limits.MaxBatchConcurrency = 3),
            app => app.MapRunnable("/count", chain, options => options.ConfigKeys = ConfigKeys.All));
        using var client = app.CreateClient();

        var config = asked is null ? "{}" : $$"""{"max_concurrency": {{asked}}}""";
        var call = client.CallAsync("/count/batch", $$"""{"inputs": [0, 1, 2, 3, 4, 5, 6, 7], "config": {{config}}}""");
        for (var i = 0; i < expected; i++)
            Assert.True(await reached.WaitAsync(TestHost.Timeout, TestContext.Current.CancellationToken));
        goOn.SetResult();
        var (status, json) = await call;

        Assert.Equal(200, status);
        Assert.Equal(Enumerable.Range(0, 8), json.GetProperty("output").EnumerateArray().Select(item => item.GetInt32()));
        Assert.Equal(expected, most);
    }

    [Fact]
    public async Task Batch_TooManyInputs_Is413NamingTheLimit()
    {
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.Configure<ServingLimits>(limits => limits.MaxBatchSize = 3),
            app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/add/batch", """{"inputs": [1, 2, 3, 4]}""");

        Assert.Equal(413, status);
        Assert.Contains("4 inputs; the limit is 3 (MAX_BATCH_SIZE)", json.Message(), StringComparison.Ordinal);
        Assert.Equal(200, (await client.CallAsync("/add/batch", """{"inputs": [1, 2, 3]}""")).Status);
    }

    [Theory]
    [InlineData("""{"run_id": "ID"}""")]
    [InlineData("""[{"run_id": "ID"}, {"run_id": "ID"}, {"run_id": "ID"}]""")]
    [InlineData("""[{"run_id": "ID"}, {"run_id": "ID", "tags": ["other"]}, null]""")]
    public async Task Batch_ClientRunId_IsTheFirstRunsOnly(string config)
    {
        const string Id = "12345678-1234-5678-1234-567812345678";
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne, options => options.ConfigKeys = ConfigKeys.All));
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/add/batch", $$"""{"inputs": [1, 2, 3], "config": {{config.Replace("ID", Id, StringComparison.Ordinal)}}}""");

        var ids = json.GetProperty("metadata").GetProperty("run_ids").EnumerateArray().Select(id => id.GetString()).ToList();
        Assert.Equal(Id, ids[0]);
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public async Task Batch_RunIdInTheConfigHash_IsTheFirstRunsOnly()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne, options => options.ConfigKeys = ConfigKeys.All));
        using var client = app.CreateClient();
        var hash = Endpoints.Config.ConfigHash.Encode("""{"run_id": "12345678-1234-5678-1234-567812345678"}""");

        var (_, json) = await client.CallAsync($"/add/c/{hash}/batch", """{"inputs": [1, 2, 3]}""");

        Assert.Equal(3, json.GetProperty("metadata").GetProperty("run_ids").EnumerateArray().Select(id => id.GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Batch_ConfigPerInput_CountsMustMatch()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/add", TestChains.AddOne));
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/add/batch", """{"inputs": [1, 2], "config": [{}]}""");

        Assert.Equal(422, status);
        Assert.Equal("Number of configs (1) must match number of inputs (2)", json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Batch_CallbackEvents_AreOneListEach()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/f", FailsOnTwo, options => options.IncludeCallbackEvents = true));
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/f/batch", """{"inputs": [1, 2, "x"], "return_exceptions": true}""");

        Assert.Equal(
            ["on_chain_start on_chain_end", "on_chain_start on_chain_error", ""],
            json.GetProperty("callback_events").EnumerateArray().Select(events => string.Join(' ', events.EnumerateArray().Select(e => e.GetProperty("type").GetString()))));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
