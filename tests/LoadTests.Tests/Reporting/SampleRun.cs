using Serving.LoadTests.Driver;
using Serving.LoadTests.Measures;
using Serving.LoadTests.Reporting;
using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Tests.Reporting;

/// <summary>A run in which everything is well, for tests to change.</summary>
internal static class SampleRun
{
    public static KindReport Kind { get; } = new()
    {
        Kind = "stream", Ended = 10_000, Ok = 10_000, Left = 0, Refused = 0, Failed = 0, Truncated = 0, Disordered = 0, Wrong = 0,
        Statuses = new Dictionary<int, long> { [200] = 10_000 }, Failures = new Dictionary<string, long>(),
        Latency = Times(60), FirstPiece = Times(20), Gap = Times(10), Added = Times(5), Refusal = null, Bytes = 123_456, Pieces = 200_000, NewConnections = 12, Resent = 0,
    };

    public static RunReport Run { get; } = new()
    {
        Scenario = "sample", Description = "A run <of> tests & \"quotes\" | bars.", Started = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), Duration = 1200, Rate = 10, Seed = 1,
        Pacing = "Poisson", Target = "nothing", Machine = "paper",
        Lanes = [new LaneReport { Name = "host", Sent = 10_000, Skipped = 0, Lag = Times(1), Kinds = [Kind], Seconds = [.. Enumerable.Range(0, 1200).Select(Second)] }],
        Stages = [new StageReport("Inject 10/s", 0, 1200, 10, 10, 0, 0, 60)],
        Processes = [Process("host", 0), Process("load generator", 0)],
        Provider = new SimulatorTally { Requests = 10_000, Outcomes = new Dictionary<string, long> { ["ok"] = 10_000 }, StreamOutcomes = new Dictionary<string, long> { ["ok"] = 10_000 } },
        LeftInFlight = 0, LeftStreams = 0, EndedCleanly = true,
        Checks = [new CheckResult("all is well", "yes", Verdict.Passed)],
    };

    public static RunReport With(KindReport kind) => Run with { Lanes = [Run.Lanes[0] with { Kinds = [kind] }] };

    public static Percentiles Times(double p95) => new(10_000, p95 / 2, p95 / 2, p95 * 0.75, p95, p95 * 1.2, p95 * 1.5, p95 * 2);

    public static ProcessReport Process(string name, double growth) => new()
    {
        Name = name, CpuSeconds = 12, CpuPerRequest = 1200, Memory = 120, MostMemory = 130, Growth = growth,
        Samples = [.. Enumerable.Range(0, 1200).Select(at => new ProcessSample(at, at * 0.01, 120 << 20, 30))],
    };

    private static Second Second(int at) => new() { At = at, Due = 10, Ok = 10, InFlight = 3, Bytes = 100, P50 = 30, P95 = 60, P99 = at == 600 ? null : 72, Max = 120, FirstPieceP95 = 20, Lag = 1 };
}
