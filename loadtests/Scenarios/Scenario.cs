using Serving.LoadTests.Driver;

namespace Serving.LoadTests.Scenarios;

/// <summary>A load, what is behind the host, and what has to come out.</summary>
internal sealed record Scenario
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Requests a second that the load is made of.</summary>
    public required double Rate { get; init; }

    /// <summary>The load, for a rate and a duration.</summary>
    public Func<double, TimeSpan, IReadOnlyList<LoadSimulation>> Load { get; init; } = (rate, duration) => [LoadSimulation.Inject(rate, TimeSpan.FromSeconds(1), duration)];

    /// <summary>Before the run, at its rate, and not counted; at most a quarter of the duration.</summary>
    public TimeSpan WarmUpDuration { get; init; } = TimeSpan.FromSeconds(10);

    public required IReadOnlyList<Step> Steps { get; init; }

    public ModelPace Model { get; init; } = new(20, TimeSpan.FromMilliseconds(50), TimeSpan.Zero);

    /// <summary>What the simulator does wrong, first come first.</summary>
    public IReadOnlyList<InjectedFault> Faults { get; init; } = [];

    /// <summary>Settings of the host that the scenario is about.</summary>
    public IReadOnlyDictionary<string, string> HostSettings { get; init; } = new Dictionary<string, string>();

    public ScenarioChecks Checks { get; init; } = ScenarioChecks.HostAdded | ScenarioChecks.Memory;
}
