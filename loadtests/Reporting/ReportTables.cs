using System.Globalization;

namespace Serving.LoadTests.Reporting;

/// <summary>What is told of a run in tables, in every form of report.</summary>
internal static class ReportTables
{
    /// <summary>What the run was, in lines.</summary>
    public static IEnumerable<string> Facts(RunReport run)
    {
        yield return run.Description;
        yield return string.Create(CultureInfo.InvariantCulture, $"{run.Started:yyyy-MM-dd HH:mm} UTC, {run.Duration:0.#} s at {run.Rate:0.##} a second ({run.Pacing} arrivals, seed {run.Seed}) against {run.Target}.");
        yield return $"{run.Machine}.";
        if (run.WasStopped)
            yield return "Stopped before its end: what follows is of the part that ran.";
    }

    public static string Word(Verdict verdict) => verdict switch { Verdict.Passed => "pass", Verdict.Failed => "FAIL", _ => "not judged" };

    public static IEnumerable<ReportTable> Of(RunReport run)
    {
        yield return new ReportTable(
            "Requests",
            ["lane", "kind", "ended", "ok", "left", "refused", "failed", "truncated", "disordered", "pieces", "MiB", "connections"],
            [.. Kinds(run).Select(one => Row(one.Lane, one.Kind.Kind, one.Kind.Ended, one.Kind.Ok, one.Kind.Left, one.Kind.Refused, one.Kind.Failed, one.Kind.Truncated, one.Kind.Disordered, one.Kind.Pieces, one.Kind.Bytes / 1048576.0, one.Kind.NewConnections))]);
        yield return new ReportTable(
            "Times in ms, from when a request was due",
            ["lane", "kind", "what", "count", "mean", "P50", "P75", "P95", "P99", "P99.9", "max"],
            [.. Kinds(run).SelectMany(one => Times(one.Lane, one.Kind)), .. run.Lanes.Where(lane => lane.Lag is not null).Select(lane => Time(lane.Name, "", "generator's delay", lane.Lag!))]); // looked at before
        if (run.Stages.Count > 1)
        {
            yield return new ReportTable(
                "Parts of the load",
                ["load", "from s", "to s", "due/s", "ok/s", "refused/s", "failed", "worst P95 ms"],
                [.. run.Stages.Select(stage => Row(stage.Load, stage.From, stage.To, stage.DuePerSecond, stage.OkPerSecond, stage.RefusedPerSecond, stage.Failed, stage.WorstP95 ?? 0))]);
        }

        var failures = Kinds(run).SelectMany(one => one.Kind.Failures.Select(failure => Row(one.Lane, one.Kind.Kind, failure.Key, failure.Value))).ToList();
        if (failures.Count > 0)
            yield return new ReportTable("Failures and refusals", ["lane", "kind", "what", "count"], failures);
        yield return new ReportTable(
            "Processes",
            ["process", "CPU s", "% of a core", "CPU µs/request", "MiB", "most MiB", "growth %/min"],
            [.. run.Processes.Select(process => Row(process.Name, process.CpuSeconds, 100 * process.CpuSeconds / run.Duration, process.CpuPerRequest, process.Memory, process.MostMemory, (object?)process.Growth ?? "–"))]);
        if (run.Provider is { } provider)
        {
            yield return new ReportTable(
                "At the provider",
                ["outcome", "requests", "of these streams"],
                [.. provider.Outcomes.OrderByDescending(outcome => outcome.Value).Select(outcome => Row(outcome.Key, outcome.Value, provider.StreamOutcomes.GetValueOrDefault(outcome.Key)))]);
        }
    }

    private static IEnumerable<(string Lane, KindReport Kind)> Kinds(RunReport run) => run.Lanes.SelectMany(lane => lane.Kinds.Select(kind => (lane.Name, kind)));

    private static IEnumerable<IReadOnlyList<string>> Times(string lane, KindReport kind)
    {
        (string What, Percentiles? Times)[] all =
        [
            ("whole answer", kind.Latency), ("first piece", kind.FirstPiece), ("between pieces", kind.Gap), ("beyond the model's time", kind.Added), ("refusal", kind.Refusal),
        ];
        foreach (var (what, times) in all)
        {
            if (times is not null)
                yield return Time(lane, kind.Kind, what, times);
        }
    }

    private static IReadOnlyList<string> Time(string lane, string kind, string what, Percentiles times) =>
        Row(lane, kind, what, times.Count, times.Mean, times.P50, times.P75, times.P95, times.P99, times.P999, times.Max);

    private static IReadOnlyList<string> Row(params object[] cells) => [.. cells.Select(cell => cell switch
    {
        double number => number.ToString("0.##", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    })];
}
