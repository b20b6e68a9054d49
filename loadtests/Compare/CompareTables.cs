using System.Globalization;
using Serving.LoadTests.Reporting;

namespace Serving.LoadTests.Compare;

/// <summary>A comparison in tables.</summary>
internal static class CompareTables
{
    private static readonly IReadOnlyList<string> Columns =
    [
        "server", "answers/s", "CPU µs/answer", "from – to", "CPU µs/frame", "answers/s per core", "wait P50 ms", "P99 ms", "B/answer", "B/frame", "MiB", "failures",
    ];

    public static IEnumerable<ReportTable> Of(CompareReport report)
    {
        foreach (var part in report.Parts.Where(part => part.SteadyRate is null))
            yield return new ReportTable(part.Title, Columns, [.. part.Servers.Select(Row)]);
        if (report.Parts.Where(part => part.SteadyRate is not null).ToList() is { Count: > 0 } sizes)
        {
            yield return new ReportTable(
                "Sizing: the host, with so many requests in flight",
                ["in flight", "answers/s", "pieces/s", "cores", "CPU µs/answer", "CPU µs/piece", "most MiB", "failures"],
                [.. sizes.Select(SizeRow)]);
        }

        if (report.Idle is { } idle)
        {
            yield return new ReportTable(
                "Idle streams",
                ["open", "wanted", "MiB before", "MiB", "KiB per stream", "% of a core", "failures"],
                [[Number(idle.Open), Number(idle.Wanted), Number(idle.ResidentBefore / 1048576.0), Number(idle.Resident / 1048576.0), Number((idle.Resident - idle.ResidentBefore) / 1024.0 / idle.Open), Number(100 * idle.IdleCpu), Number(idle.Failed)]]);
        }

        yield return new ReportTable("Goals", ["goal", "bound", "measured", "met"], [.. Goal.Of(report).Select(goal => (IReadOnlyList<string>)[goal.Name, goal.Bound, goal.Measured, goal.IsMet ? "yes" : "no"])]);
    }

    /// <summary>What servers are called.</summary>
    public static string Name(ServerKind server) => server switch
    {
        ServerKind.Host => "host",
        ServerKind.EchoHost => "host, echo chain",
        ServerKind.Bare => "bare minimal API",
        ServerKind.Relay => "bytes through Kestrel and HttpClient",
        ServerKind.Direct => "simulator itself",
        ServerKind.Gateway => "@portkey-ai/gateway",
        _ => "nginx",
    };

    private static IReadOnlyList<string> SizeRow(PartReport part)
    {
        var host = part.Servers[0];
        var cpu = host.Median(turn => turn.CpuPerAnswer());
        var isStream = host.Median(turn => (double)turn.Frames) > 0;
        return
        [
            part.Title,
            Number(part.SteadyRate),
            Number(isStream ? part.SteadyRate * host.Median(turn => (double)turn.Frames / turn.Answers) : null),
            Number(part.SteadyRate * cpu / 1e6),
            Number(cpu),
            Number(host.Median(turn => turn.CpuPerFrame())),
            Number(host.Median(turn => turn.Resident / 1048576.0)),
            Number(host.Turns.Sum(turn => turn.Failures.Values.Sum())),
        ];
    }

    private static IReadOnlyList<string> Row(ServerReport server)
    {
        var cpu = Spread.Of(server.Turns.Select(turn => turn.CpuPerAnswer()));
        return
        [
            Name(server.Server),
            Number(server.Median(turn => turn.Answers / turn.Seconds)),
            Number(cpu?.Median),
            $"{Number(cpu?.Least)} – {Number(cpu?.Most)}",
            Number(server.Median(turn => turn.CpuPerFrame())),
            Number(1e6 / cpu?.Median),
            Number(server.Median(turn => turn.WaitP50)),
            Number(server.Median(turn => turn.WaitP99)),
            Number(server.Median(turn => turn.Allocated / turn.Answers)),
            Number(server.Median(turn => turn.Frames > 0 ? turn.Allocated / turn.Frames : null)),
            Number(server.Median(turn => turn.Resident / 1048576.0)),
            Number(server.Turns.Sum(turn => turn.Failures.Values.Sum())),
        ];
    }

    private static string Number(double? number) => number is not { } known || !double.IsFinite(known)
        ? "–"
        : known.ToString(Math.Abs(known) >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
