using System.Globalization;
using System.Text;
using Serving.LoadTests.Reporting;

namespace Serving.LoadTests.Compare;

/// <summary>Writes a comparison as Markdown and as JSON.</summary>
internal static class CompareFiles
{
    public static void Write(CompareReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "compare.json"), JsonReport.Of(report));
        File.WriteAllText(Path.Combine(folder, "compare.md"), ToMarkdown(report));
    }

    public static string ToMarkdown(CompareReport report)
    {
        var machine = report.Machine;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# The host beside others, {report.Began:yyyy-MM-dd HH:mm} UTC\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{machine.Cores} cores of {machine.Processor}, {machine.System}, .NET {machine.Dotnet}");
        foreach (var (name, version) in new[] { ("nginx", machine.Nginx), ("Node.js", machine.Node), ("@portkey-ai/gateway", machine.Gateway) })
            text.Append(version is null ? "" : $", {name} {version}");
        text.Append(CultureInfo.InvariantCulture, $". Load average before: {machine.Load}. {report.Rounds} turns of {report.TurnSeconds} s each; figures are medians. ");
        text.Append("CPU is user and system time of all processes of a server, from `/proc`. Waits are to a stream's first piece, or to a whole answer.\n");
        foreach (var missing in report.Missing)
            text.Append(CultureInfo.InvariantCulture, $"\n{missing}\n");
        foreach (var table in CompareTables.Of(report))
            table.AppendTo(text);
        foreach (var (what, count) in report.Parts.SelectMany(part => part.Servers.SelectMany(server => server.Turns.SelectMany(turn => turn.Failures
            .Select(failure => ($"{part.Name}, {CompareTables.Name(server.Server)}: {failure.Key}", failure.Value))))))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{count} × {what}\n");
        }

        return text.ToString();
    }
}
