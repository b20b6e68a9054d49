using System.Text;
using System.Text.Json;
using Serving.Faults.Tests.Hosting;
using Serving.Providers.Resilience;

namespace Serving.Faults.Tests;

/// <summary>A batch of several inputs, some of which meet a fault. They run one after the other.</summary>
public sealed class BatchTests(FaultHost host) : IClassFixture<FaultHost>
{
    private const string Inputs = """{"inputs":[{"question":"1"},{"question":"2"},{"question":"3"}],"config":{"max_concurrency":1},"return_exceptions":RETURN}""";

    [Fact]
    public async Task Batch_OneFailureThatPasses_AnswersAllInTheirOrder()
    {
        var (status, json) = await CallAsync("sim~503~every=2~tokens=3~id=batch-passes", returnErrors: false);

        Assert.Equal(200, status);
        Assert.Equal(["t0 t1 t2", "t0 t1 t2", "t0 t1 t2"], json.GetProperty("output").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(5, host.Simulator.Ledger.Of("sim~503~every=2~tokens=3~id=batch-passes").Requests);
    }

    [Fact]
    public async Task Batch_OneRefusal_FailsInItsPlaceIfAskedTo()
    {
        const string Name = "sim~context~every=2~tokens=3~id=batch-place";

        var (status, json) = await CallAsync(Name, returnErrors: true);

        var output = json.GetProperty("output");
        Assert.Equal(200, status);
        Assert.Equal("t0 t1 t2", output[0].GetString());
        Assert.Equal(400, output[1].GetProperty("error").GetProperty("status_code").GetInt32());
        Assert.Equal($"The prompt is longer than model '{Name}' of provider 'openai' takes. Shorten it.", output[1].GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("t0 t1 t2", output[2].GetString());
        Assert.Equal(3, host.Simulator.Ledger.Of(Name).Requests);
    }

    [Fact]
    public async Task Batch_OneRefusal_FailsAsAWholeAndBeginsNothingMore()
    {
        const string Name = "sim~context~every=2~tokens=3~id=batch-whole";

        var (status, _) = await CallAsync(Name, returnErrors: false);

        Assert.Equal(400, status);
        Assert.Equal(2, host.Simulator.Ledger.Of(Name).Requests);
    }

    [Fact]
    public async Task Batch_ModelDownForGood_AsksItOnce()
    {
        const string Name = "sim~401~id=batch-down";

        var (status, json) = await CallAsync(Name, returnErrors: true);

        Assert.Equal(200, status);
        Assert.Equal([502, 503, 503], json.GetProperty("output").EnumerateArray().Select(item => item.GetProperty("error").GetProperty("status_code").GetInt32()));
        Assert.Equal(1, host.Simulator.Ledger.Of(Name).Requests);
    }

    private async Task<(int Status, JsonElement Json)> CallAsync(string model, bool returnErrors)
    {
        host.Model = new ResilientChatClient(host.CreateModel(Provider.OpenAi, model, new ResilienceOptions()));
        using var body = new StringContent(Inputs.Replace("RETURN", returnErrors ? "true" : "false", StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var response = await host.Http.PostAsync("text/batch", body, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await host.Simulator.Ledger.WhenAsync(ledger => ledger.Of(model).Open == 0, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("canary", text + host.Logs.Take(), StringComparison.OrdinalIgnoreCase);
        return ((int)response.StatusCode, JsonElement.Parse(text));
    }
}
