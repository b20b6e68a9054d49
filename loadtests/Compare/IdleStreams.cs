using Serving.LoadTests.Client;
using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Compare;

/// <summary>Opens streams that fall silent after their first piece, and looks at what the host holds then.</summary>
internal static class IdleStreams
{
    private const string Model = "sim~stall~after=1~tokens=5";
    private const int Burst = 50;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public static async Task<IdleReport> RunAsync(ServerFactory factory, SimulatorServer simulator, int wanted, TimeProvider time, CancellationToken cancellationToken)
    {
        var possible = Math.Min(wanted, (OpenFiles() - 500) / 2);
        var settings = new Dictionary<string, string> { ["LLM_TIMEOUT"] = "600", ["STREAM_TIMEOUT"] = "600" };
        await using var host = await factory.StartHostAsync(Model, settings, cancellationToken);
        using var client = new LoadClient(host.Address, new LoadClientOptions { Timeout = TimeSpan.FromMinutes(10), KeepsConnections = false });
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = ServerFactory.Joke(RequestKind.Stream, pieces: null);
        var process = host.ProcessId!.Value; // one of our own
        var before = ProcessTree.Read(process);

        var streams = new List<Task<RequestResult>>();
        while (streams.Count < possible)
        {
            for (var i = 0; i < Burst && streams.Count < possible; i++)
                streams.Add(client.SendAsync(request, leave.Token));
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        }

        while ((await simulator.TallyAsync(Model, cancellationToken)).StreamsBegun < possible && !streams.Any(stream => stream.IsCompleted))
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
        await Task.Delay(Rest, time, cancellationToken);
        var start = ProcessTree.Read(process);
        var began = time.GetTimestamp();
        await Task.Delay(Rest, time, cancellationToken);
        var end = ProcessTree.Read(process);
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        await leave.CancelAsync();
        var results = await Task.WhenAll(streams);
        var open = results.Count(result => result is { Outcome: Outcome.Cancelled, Pieces: 1 });
        return new IdleReport
        {
            Wanted = wanted,
            Open = open,
            ResidentBefore = before.Resident,
            Resident = end.Resident,
            IdleCpu = (end.CpuSeconds - start.CpuSeconds) / seconds,
            Failed = results.Length - open,
        };
    }

    /// <summary>The most files that a process may have open here, which .NET raises itself to.</summary>
    private static int OpenFiles()
    {
        var line = File.ReadLines("/proc/self/limits").First(one => one.StartsWith("Max open files", StringComparison.Ordinal));
        return int.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var most) ? most : int.MaxValue;
    }
}
