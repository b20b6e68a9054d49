using System.Net;
using System.Text;

namespace Serving.LoadTests.Reporting;

/// <summary>A run as one page that needs nothing but itself: no script, no font, no address.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--ground:#fcfcfb;--ink:#1d1d1b;--soft:#62625c;--rule:#e3e2dc;--c1:#2a78d6;--c2:#d9601f;--c3:#15936a;--c4:#b03a8c;--good:#15803d;--bad:#c02626}
        @media(prefers-color-scheme:dark){:root{--ground:#1a1a19;--ink:#eeeeea;--soft:#a3a29a;--rule:#363632;--c1:#4a96ee;--c2:#ee7b3d;--c3:#2fb98a;--c4:#d46bb4;--good:#4ade80;--bad:#f87171}}
        body{background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif;max-width:1180px;margin:0 auto;padding:24px}
        h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 8px}p{margin:4px 0;color:var(--soft)}
        .verdict{font-weight:700}.passed{color:var(--good)}.failed{color:var(--bad)}.notJudged{color:var(--soft)}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:20px;margin-top:20px}
        figure{margin:0}figcaption{font-size:14px}.unit{color:var(--soft)}.key{margin-left:14px;white-space:nowrap}.key i{display:inline-block;width:12px;height:3px;margin-right:5px;vertical-align:middle}
        svg{width:100%;height:auto;display:block}.grid{stroke:var(--rule)}text{fill:var(--soft);font-size:12px}.y{text-anchor:end}.x{text-anchor:middle}.x:last-of-type{text-anchor:end}
        .line{fill:none;stroke-width:1.6;stroke-linejoin:round}path.s1{stroke:var(--c1)}path.s2{stroke:var(--c2)}path.s3{stroke:var(--c3)}path.s4{stroke:var(--c4)}
        i.s1{background:var(--c1)}i.s2{background:var(--c2)}i.s3{background:var(--c3)}i.s4{background:var(--c4)}
        .wide{overflow-x:auto}table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}th,td{padding:4px 12px 4px 0;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
        th{color:var(--soft);font-weight:600}.t,.checks td{text-align:left}
        """;

    public static string Of(RunReport run)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>").Append(Text(run.Scenario)).Append("</title><style>\n")
            .Append(Style).Append("\n</style></head><body>\n<h1>").Append(Text(run.Scenario)).Append("</h1>\n");
        foreach (var line in ReportTables.Facts(run))
            page.Append("<p>").Append(Text(line)).Append("</p>\n");
        page.Append("<p class=\"verdict ").Append(run.Passed ? "passed\">Passed" : "failed\">Not passed").Append("</p>\n<div class=\"charts\">\n");
        foreach (var chart in Charts(run))
            page.Append(chart);
        page.Append("</div>\n<h2>Thresholds</h2>\n<div class=\"wide\"><table class=\"checks\">\n");
        foreach (var check in run.Checks)
        {
            var name = check.Verdict.ToString();
            page.Append("<tr><td class=\"").Append(char.ToLowerInvariant(name[0])).Append(name[1..]).Append("\">").Append(ReportTables.Word(check.Verdict))
                .Append("</td><td>").Append(Text(check.Name)).Append("</td><td>").Append(Text(check.Actual)).Append("</td></tr>\n");
        }

        page.Append("</table></div>\n");
        foreach (var table in ReportTables.Of(run))
            Append(page, table);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Append(StringBuilder page, ReportTable table)
    {
        page.Append("<h2>").Append(Text(table.Title)).Append("</h2>\n<div class=\"wide\"><table>\n<tr>");
        for (var column = 0; column < table.Columns.Count; column++)
            page.Append("<th").Append(Align(column)).Append('>').Append(Text(table.Columns[column])).Append("</th>");
        page.Append("</tr>\n");
        foreach (var row in table.Rows)
        {
            page.Append("<tr>");
            for (var column = 0; column < row.Count; column++)
                page.Append("<td").Append(Align(column)).Append('>').Append(Text(row[column])).Append("</td>");
            page.Append("</tr>\n");
        }

        page.Append("</table></div>\n");

        string Align(int column) => table.IsText(column) ? " class=\"t\"" : "";
    }

    private static IEnumerable<string> Charts(RunReport run)
    {
        var seconds = run.Main.Seconds;
        var length = Math.Max(1, Math.Max(run.Duration, seconds.Count));
        yield return Draw("Latency", "ms, whole answers by the second they ended in", ("P50", second => second.P50), ("P95", second => second.P95), ("P99", second => second.P99));
        yield return Draw("Rate", "a second", ("due", second => second.Due), ("ok", second => second.Ok + second.Left), ("refused", second => second.Refused));
        yield return Draw("Failures", "a second", ("failed", second => second.Failed), ("refused", second => second.Refused));
        yield return Draw("In flight", "requests", ("in flight", second => second.InFlight));
        if (seconds.Any(second => second.FirstPieceP95 is not null))
            yield return Draw("Time to the first piece of streams", "ms", ("P95", second => second.FirstPieceP95));
        yield return SvgChart.Draw("CPU", "% of a core", length, [.. run.Processes.Select((process, index) => new ChartLine(process.Name, index + 1, Cpu(process)))]);
        yield return SvgChart.Draw(
            "Memory",
            "resident MiB",
            length,
            [.. run.Processes.Select((process, index) => new ChartLine(process.Name, index + 1, [.. process.Samples.Select(sample => (sample.At, (double?)(sample.Resident / 1048576.0)))]))]);
        yield return Draw("The generator's own delay", "ms, the longest in a second", ("delay", second => second.Lag));

        string Draw(string title, string unit, params (string Name, Func<Driver.Second, double?> Value)[] lines) =>
            SvgChart.Draw(title, unit, length, [.. lines.Select((line, index) => new ChartLine(line.Name, index + 1, [.. seconds.Select(second => ((double)second.At, line.Value(second)))]))]);
    }

    private static List<(double X, double? Y)> Cpu(ProcessReport process) =>
    [
        .. process.Samples.Zip(process.Samples.Skip(1), (before, after) => (after.At, (double?)(100 * (after.CpuSeconds - before.CpuSeconds) / Math.Max(0.001, after.At - before.At)))),
    ];

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
