using Serving.LoadTests.Client;
using Serving.LoadTests.Driver;

namespace Serving.LoadTests.Scenarios;

/// <summary>The scenarios by name.</summary>
internal static class AllScenarios
{
    private static readonly Step[] Mixed = [new(RequestKind.Invoke, 60), new(RequestKind.Batch, 10) { Inputs = 10 }, new(RequestKind.Stream, 30)];
    private static readonly ModelPace Talking = new(20, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(10));
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<Scenario> List { get; } =
    [
        new()
        {
            Name = "basic-invoke", Description = "One input, one answer after 50 ms of the model's time.", Duration = TimeSpan.FromMinutes(5), Rate = 100,
            Steps = [new(RequestKind.Invoke, 100)],
        },
        new()
        {
            Name = "streaming", Description = "Streams of 40 pieces, 10 ms apart.", Duration = TimeSpan.FromMinutes(5), Rate = 40,
            Steps = [new(RequestKind.Stream, 100)], Model = new(40, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(10)),
        },
        new()
        {
            Name = "batch", Description = "Batches of 20 inputs.", Duration = TimeSpan.FromMinutes(7), Rate = 10,
            Steps = [new(RequestKind.Batch, 100) { Inputs = 20 }],
        },
        new()
        {
            Name = "mixed-workload", Description = "60 % invoke, 10 % batches of 10, 30 % streams of 20 pieces 10 ms apart.", Duration = TimeSpan.FromMinutes(10), Rate = 100,
            Steps = Mixed, Model = Talking,
        },
        new()
        {
            Name = "10m-requests-day", Description = "The mixed workload at ten million requests a day.", Duration = TimeSpan.FromHours(3.5), Rate = 116,
            Steps = Mixed, Model = Talking, WarmUpDuration = TimeSpan.FromSeconds(30),
        },
        new()
        {
            Name = "peak", Description = "The mixed workload, slowly to five times its rate and back.", Duration = TimeSpan.FromMinutes(15), Rate = 60,
            Steps = Mixed, Model = Talking, Checks = ScenarioChecks.HostAdded,
            Load = (rate, duration) =>
            [
                LoadSimulation.Inject(rate, Second, duration * 0.2),
                LoadSimulation.RampingInject(rate * 5, Second, duration * 0.2),
                LoadSimulation.Inject(rate * 5, Second, duration * 0.2),
                LoadSimulation.RampingInject(rate, Second, duration * 0.2),
                LoadSimulation.Inject(rate, Second, duration * 0.2),
            ],
        },
        new()
        {
            Name = "stress", Description = "A host that has room for 50 requests of 100 ms, which is 500 a second: half of that, as much, ten times as much, and half again.",
            Duration = TimeSpan.FromMinutes(5), Rate = 500, Steps = [new(RequestKind.Invoke, 100)], Model = new(20, TimeSpan.FromMilliseconds(100), TimeSpan.Zero),
            HostSettings = new Dictionary<string, string> { ["MAX_CONCURRENT_REQUESTS"] = "50" }, Checks = ScenarioChecks.Overload,
            Load = (rate, duration) =>
            [
                LoadSimulation.Inject(rate * 0.5, Second, duration * 0.2),
                LoadSimulation.Inject(rate, Second, duration * 0.25),
                LoadSimulation.Inject(rate * 10, Second, duration * 0.3),
                LoadSimulation.Inject(rate * 0.5, Second, duration * 0.25),
            ],
        },
        new()
        {
            Name = "spike", Description = "From one second to the next ten times the rate, and back.", Duration = TimeSpan.FromMinutes(5), Rate = 40,
            Steps = Mixed, Model = Talking, Checks = ScenarioChecks.None,
            Load = (rate, duration) =>
            [
                LoadSimulation.Inject(rate, Second, duration * 0.4),
                LoadSimulation.Inject(rate * 10, Second, duration * 0.1),
                LoadSimulation.Inject(rate, Second, duration * 0.5),
            ],
        },
        new()
        {
            Name = "soak", Description = "The mixed workload for long enough to see what grows.", Duration = TimeSpan.FromHours(2), Rate = 116,
            Steps = Mixed, Model = Talking, WarmUpDuration = TimeSpan.FromSeconds(30),
        },
        new()
        {
            Name = "slow-provider", Description = "Answers of 1 to 5 s, about two thousand in flight.", Duration = TimeSpan.FromMinutes(5), Rate = 700,
            Steps = [new(RequestKind.Invoke, 70), new(RequestKind.Stream, 30)], Model = new(20, TimeSpan.Zero, TimeSpan.Zero),
            Faults = [.. Enumerable.Range(1, 5).Select(seconds => new InjectedFault("slow", 0.2) { Keys = $"delay={seconds * 50}" })],
            HostSettings = new Dictionary<string, string> { ["MAX_CONCURRENT_REQUESTS"] = "10000", ["MAX_PROVIDER_CALLS"] = "10000" },
            Checks = ScenarioChecks.Crowd | ScenarioChecks.Memory,
        },
        new()
        {
            Name = "faulty-provider", Description = "The mixed workload before a provider of which 5 % fail for the moment, and 2 % in all other ways.", Duration = TimeSpan.FromMinutes(5), Rate = 60,
            Steps = Mixed, Model = Talking, Faults = Faulty, Checks = ScenarioChecks.InjectedFaults,
            // Silence is given up after 2 s, so that hanging calls do not outlast the run.
            HostSettings = new Dictionary<string, string> { ["LLM_TIMEOUT"] = "2" },
        },
        new()
        {
            Name = "abandoned-streams", Description = "Streams of 50 pieces, 20 ms apart; half of the clients leave after five.", Duration = TimeSpan.FromMinutes(5), Rate = 40,
            Steps = [new(RequestKind.Stream, 50), new(RequestKind.Stream, 50) { LeaveAfter = 5 }], Model = new(50, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(20)),
            Checks = ScenarioChecks.Abandoned | ScenarioChecks.Memory,
        },
    ];

    /// <summary>
    /// What passes, 5 % in all, and what does not. Faults that say that a provider is down for good (a refused key, no quota, an unknown model, a page) stop all calls
    /// by intention, and have no place in a load: docs/fault-matrix.md has them.
    /// </summary>
    private static IReadOnlyList<InjectedFault> Faulty =>
    [
        new("429", 0.01) { Keys = "retry-after-ms=50" }, new("500", 0.006), new("502", 0.006), new("503", 0.006), new("504", 0.004), new("529", 0.004), new("408", 0.002), new("409", 0.002),
        new("reset", 0.004), new("empty", 0.004), new("hang", 0.001), new("comments", 0.001),
        new("400", 0.002) { Status = 400 }, new("422", 0.001) { Status = 400 }, new("context", 0.002) { Status = 400 }, new("policy", 0.002) { Status = 400 }, new("413", 0.002) { Status = 413 },
        new("cut", 0.003) { StreamStatus = 503 }, new("truncated", 0.003) { StreamStatus = 503 }, new("error", 0.003) { StreamStatus = 503 },
        new("malformed", 0.003) { StreamStatus = 502 }, new("stall", 0.001) { Keys = "after=3", StreamStatus = 504 },
        new("done-twice", 0.002), new("done-missing", 0.002),
    ];
}
