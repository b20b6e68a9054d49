using Serving.LoadTests.Driver;
using Serving.LoadTests.Measures;
using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Reporting;

/// <summary>All that is to be said about a run. Every form of report is made of this, and the JSON one is this. Times are milliseconds unless they say otherwise.</summary>
internal sealed record RunReport
{
    public required string Scenario { get; init; }

    public required string Description { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Of the load, in seconds.</summary>
    public required double Duration { get; init; }

    public required double Rate { get; init; }

    public required long Seed { get; init; }

    public required string Pacing { get; init; }

    public required string Target { get; init; }

    public required string Machine { get; init; }

    /// <summary>Whether it was stopped before its end.</summary>
    public bool WasStopped { get; init; }

    public required IReadOnlyList<LaneReport> Lanes { get; init; }

    public required IReadOnlyList<StageReport> Stages { get; init; }

    public required IReadOnlyList<ProcessReport> Processes { get; init; }

    /// <summary>The simulator's ledger of the model; null if there is none to ask.</summary>
    public SimulatorTally? Provider { get; init; }

    /// <summary>What the host said was in flight, and which streams were active, when all was over; null if it was not to be asked.</summary>
    public double? LeftInFlight { get; init; }

    /// <inheritdoc cref="LeftInFlight"/>
    public double? LeftStreams { get; init; }

    /// <summary>Whether the host that was started here ended as it was asked to; null if it runs elsewhere.</summary>
    public bool? EndedCleanly { get; init; }

    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    /// <summary>The lane that is judged.</summary>
    public LaneReport Main => Lanes[0];

    public bool Passed => !WasStopped && Checks.All(check => check.Verdict != Verdict.Failed);
}
