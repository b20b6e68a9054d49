using Serving.Simulator;

namespace Serving.Observability.Tests.Live;

/// <summary>Requests of every kind to every sample chain, with every fault that a metric tells of.</summary>
internal static class MixedLoad
{
    /// <summary>How many requests the host may have in flight, so that the load can reach the limit.</summary>
    public const int Limit = 8;

    /// <summary>What chains call as default: its provider tells of cached and reasoning tokens.</summary>
    public const string Model = "sim~cached=1~reasoning=2";

    /// <summary>What answers when <see cref="Model"/> cannot.</summary>
    public const string Spare = "sim-spare";

    /// <summary>What chains call as fast.</summary>
    public const string Fast = "sim-fast";

    private static readonly object Topic = new { topic = "parrots" };

    public static async Task RunAsync(ClientCounts client, SimulatorHost simulator)
    {
        await Task.WhenAll(Times(4, async _ =>
        {
            for (var round = 0; round < 10; round++)
                await client.InvokeAsync("joke", Topic);
        }));
        await Task.WhenAll(Times(4, size => client.BatchAsync("translate", [.. Enumerable.Repeat<object>(new { text = "Good morning" }, size + 1)])));
        await Task.WhenAll(Times(4, _ => client.StreamAsync("joke", "stream", Topic)));
        await client.StreamAsync("joke", "stream_log", Topic);
        await client.StreamAsync("chat", "stream_events", "Hello!");
        await client.InvokeAsync("extract", new { text = "Ada Lovelace wrote the first program in 1843." });
        await client.InvokeAsync("assistant", "What time is it?");
        await client.InvokeAsync("joke", new { });
        await client.GetAsync("joke", "input_schema", "/joke/input_schema");
        await client.GetAsync("none", "none", "/nowhere");
        await FaultsAsync(client, simulator);
        await SlowAsync(client, simulator);
        await FullAsync(client, simulator);
    }

    private static async Task FaultsAsync(ClientCounts client, SimulatorHost simulator)
    {
        // A retry makes the first good, a stand-in the second; nothing does the third, nor a stream that breaks off.
        foreach (var (model, fault, status) in new[] { (Model, "503~times=1", 200), (Model, "503~times=2", 200), ("*", "503~times=4", 503), (Model, "429~times=2", 200), (Model, "policy~times=1", 400) })
            Assert.Equal(status, await WithAsync(simulator, model, fault, () => client.InvokeAsync("joke", Topic)));
        Assert.Equal(503, await WithAsync(simulator, Model, "cut~times=1", () => client.StreamAsync("chat", "stream", "Hello!")));
    }

    /// <summary>Once the host knows how fast the model is, it asks a second time where the first answer is late.</summary>
    private static async Task SlowAsync(ClientCounts client, SimulatorHost simulator)
    {
        await Task.WhenAll(Times(4, async _ =>
        {
            for (var call = 0; call < 17; call++)
                await client.InvokeAsync("compare", new { question = "Why is the sky blue?" });
        }));
        await WithAsync(simulator, Fast, "slow~times=1~delay=100", () => client.InvokeAsync("compare", new { question = "Why is the sky blue?" }));
    }

    /// <summary>Streams take all places, and others are refused.</summary>
    private static async Task FullAsync(ClientCounts client, SimulatorHost simulator)
    {
        var open = await WithAsync(simulator, Model, $"stall~at=text~times={Limit}", () => Task.WhenAll(Times(Limit, _ => client.OpenStreamAsync("chat", "Hello!"))));
        for (var call = 0; call < 3; call++)
            Assert.Equal(503, await client.InvokeAsync("joke", Topic));
        foreach (var stream in open)
            stream.Dispose();
        await simulator.Ledger.WhenAsync(ledger => ledger.Total.Open == 0, TestContext.Current.CancellationToken);
    }

    private static async Task<T> WithAsync<T>(SimulatorHost simulator, string model, string fault, Func<Task<T>> act)
    {
        simulator.Faults.Clear();
        simulator.Faults.Add(model, fault);
        var result = await act();
        simulator.Faults.Clear();
        return result;
    }

    private static IEnumerable<Task<T>> Times<T>(int count, Func<int, Task<T>> act) => Enumerable.Range(0, count).Select(act);

    private static IEnumerable<Task> Times(int count, Func<int, Task> act) => Enumerable.Range(0, count).Select(act);
}
