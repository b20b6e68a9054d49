using System.Text;

namespace Serving.LoadTests.Reporting;

/// <summary>A run as Markdown, to stand in a document or a pull request.</summary>
internal static class MarkdownReport
{
    public static string Of(RunReport run)
    {
        var text = new StringBuilder().Append("# ").Append(run.Scenario).Append("\n\n");
        foreach (var line in ReportTables.Facts(run))
            text.Append(line).Append("  \n");
        text.Append('\n').Append(run.Passed ? "**Passed**" : "**Not passed**").Append("\n\n| | Threshold | Here |\n|---|---|---|\n");
        foreach (var check in run.Checks)
            text.Append("| ").Append(ReportTables.Word(check.Verdict)).Append(" | ").Append(check.Name).Append(" | ").Append(check.Actual).Append(" |\n");
        foreach (var table in ReportTables.Of(run))
            table.AppendTo(text);
        return text.ToString();
    }
}
