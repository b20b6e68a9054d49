using System.Globalization;
using Serving.LoadTests.Scenarios;

namespace Serving.LoadTests.Reporting;

/// <summary>What a run must come to. Those of times and memory are only judged where the machine is the load's own.</summary>
internal static class Thresholds
{
    private const double ErrorShare = 0.001;
    private const double AddedP95 = 50;
    private const double AddedP99 = 100;
    private const double RefusalP99 = 50;
    private const double LagP99 = 50;
    private const double GrowthPerMinute = 0.1;
    private const double Crowd = 1000;
    private const int ControlSamples = 300;
    private const double GoodputShare = 0.95;

    public static IReadOnlyList<CheckResult> Judge(RunReport run, Scenario scenario, ThresholdScope scope)
    {
        var checks = new List<CheckResult>();
        var kinds = run.Main.Kinds;
        var has = scenario.Checks;
        Errors();
        Count("no stream is truncated, disordered or wrong", kinds.Sum(kind => kind.Truncated + kind.Disordered + kind.Wrong), 0);
        Count("the generator sent all that was due", run.Main.Skipped, 0);
        if (run.Main.Lag is { } lag)
            Time($"the generator's own delay, P99 < {LagP99} ms, else its latencies say little", lag.P99, LagP99);
        if (has.HasFlag(ScenarioChecks.HostAdded))
            Added();
        if (has.HasFlag(ScenarioChecks.Memory))
            Memory();
        if (has.HasFlag(ScenarioChecks.InjectedFaults))
            Injected();
        if (has.HasFlag(ScenarioChecks.Overload))
            Overload();
        if (has.HasFlag(ScenarioChecks.Abandoned))
            Abandoned();
        if (has.HasFlag(ScenarioChecks.Crowd))
            Time($"more than {Crowd} in flight", -run.Main.Seconds.Max(second => second.InFlight), -Crowd, run.Main.Seconds.Max(second => second.InFlight).ToString(CultureInfo.InvariantCulture));
        if (run.LeftInFlight is { } inFlight)
            Count("nothing is left in flight at the host", (long)inFlight, 0);
        if (run.LeftStreams is { } streams)
            Count("no stream is left at the host", (long)streams, 0);
        if (run.Provider is { } provider)
            Count("nothing is left open at the provider", provider.Open, 0);
        if (run.EndedCleanly is { } clean)
            Add("the host ended with status 0 when asked to", clean ? "yes" : "no", clean, isCount: true);
        return checks;

        void Errors()
        {
            var injected = has.HasFlag(ScenarioChecks.InjectedFaults) ? Expected(run, scenario).Sum(fault => fault.Value) : 0;
            // Of what an overloaded host refuses, a check of its own tells.
            var failed = kinds.Sum(kind => kind.Failed + (has.HasFlag(ScenarioChecks.Overload) ? 0 : kind.Refused)) - injected;
            var ended = kinds.Sum(kind => kind.Ended);
            var share = ended == 0 ? 1 : Math.Max(0, (double)failed / ended);
            Add($"errors < {ErrorShare:0.0 %}{(injected > 0 ? " beyond those injected" : "")}", Text($"{share:0.000 %} of {ended}"), share < ErrorShare, isCount: true);
        }

        void Added()
        {
            foreach (var kind in kinds.Where(kind => kind.Added is not null))
            {
                // What the control lane waits beyond the model's time is the generator's and the simulator's doing, and is in the host's times as well.
                var control = run.Lanes.Skip(1).SelectMany(lane => lane.Kinds).FirstOrDefault(other => (other.Kind == "stream") == (kind.Kind == "stream"))?.Added;
                var (p95, p99) = control is { Count: >= ControlSamples } ? (control.P95, control.P99) : (0, 0);
                Time($"{kind.Kind}: the host adds, P95 < {AddedP95} ms", kind.Added!.P95 - p95, AddedP95); // looked at above
                Time($"{kind.Kind}: the host adds, P99 < {AddedP99} ms", kind.Added.P99 - p99, AddedP99);
            }
        }

        void Memory()
        {
            var host = run.Processes.FirstOrDefault(process => process.Name == "host");
            var name = $"memory grows by at most {GrowthPerMinute} % a minute once it has settled";
            if (host?.Growth is not { } growth)
                checks.Add(new CheckResult(name, "takes a run of 15 minutes", Verdict.NotJudged));
            else
                Time(name, growth, GrowthPerMinute + 1e-9, Text($"{growth:0.###} %"));
        }

        void Injected()
        {
            var seen = kinds.SelectMany(kind => kind.Failures).GroupBy(failure => failure.Key).ToDictionary(group => group.Key, group => group.Sum(failure => failure.Value));
            foreach (var (label, expected) in Expected(run, scenario))
            {
                var count = Of(label) + (label.StartsWith("status ", StringComparison.Ordinal) ? Of($"input {label[7..]}") : 0);
                Add($"injected, {label}: as many as the provider says", Text($"{count} of {expected}"), count == expected, isCount: true);
            }

            long Of(string label) => seen.GetValueOrDefault(label);
        }

        void Overload()
        {
            var peak = run.Stages.Max(stage => stage.OkPerSecond);
            var beyond = run.Stages.MaxBy(stage => stage.DuePerSecond)!; // there are stages
            var last = run.Stages[^1];
            var refused = kinds.Sum(kind => kind.Refused);
            Time($"beyond capacity, goodput ≥ {GoodputShare:0 %} of its peak", -beyond.OkPerSecond, -GoodputShare * peak, Text($"{beyond.OkPerSecond:0} of {peak:0} a second"));
            Add("what is too much is refused", Text($"{refused}"), refused > 0, isCount: true);
            Count("every refusal has Retry-After, and no other error is there", kinds.Sum(kind => kind.Failed), 0);
            foreach (var kind in kinds.Where(kind => kind.Refusal is not null))
                Time($"{kind.Kind}: refusals take P99 < {RefusalP99} ms", kind.Refusal!.P99, RefusalP99); // looked at above
            Time("afterwards nothing more is refused", last.RefusedPerSecond, double.Epsilon, Text($"{last.RefusedPerSecond:0.##} a second"));
        }

        void Abandoned()
        {
            var left = kinds.Sum(kind => kind.Left);
            Add("clients left", Text($"{left}"), left > 0, isCount: true);
            if (run.Provider is { } provider)
                Count("streams that the provider saw abandoned, against clients that left", provider.StreamsAborted, left);
        }

        void Count(string name, long actual, long expected) => Add(name, Text(expected == 0 ? $"{actual}" : (FormattableString)$"{actual} of {expected}"), actual == expected, isCount: true);

        void Time(string name, double actual, double below, string? text = null) => Add(name, text ?? Text($"{actual:0.0} ms"), actual < below, isCount: false);

        void Add(string name, string actual, bool holds, bool isCount)
        {
            var counts = scope == ThresholdScope.All || (scope == ThresholdScope.Counts && isCount);
            checks.Add(new CheckResult(name, actual, holds ? Verdict.Passed : counts ? Verdict.Failed : Verdict.NotJudged));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>How many failures of each sort clients must have seen, by the provider's ledger.</summary>
    private static SortedDictionary<string, long> Expected(RunReport run, Scenario scenario)
    {
        var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (run.Provider is not { } provider)
            return expected;
        foreach (var fault in scenario.Faults)
        {
            if (fault.Status is { } status)
                Add($"status {status}", provider.Outcomes.GetValueOrDefault(fault.Fault));
            if (fault.StreamStatus is { } streamStatus)
                Add($"event {streamStatus}", provider.StreamOutcomes.GetValueOrDefault(fault.Fault));
        }

        return expected;

        void Add(string label, long count) => expected[label] = expected.GetValueOrDefault(label) + count;
    }
}
