using System.Text;

namespace Serving.LoadTests.Reporting;

/// <summary>A table of a report. The first column says what a row is about.</summary>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Whether a column has words: those stand to the left, numbers to the right.</summary>
    public bool IsText(int column) => column == 0 || Rows.Any(row => row[column].Length > 0 && char.IsLetter(row[column][0]));

    /// <summary>Writes it as Markdown, below its title.</summary>
    public void AppendTo(StringBuilder text)
    {
        text.Append("\n## ").Append(Title).Append("\n\n| ").AppendJoin(" | ", Columns).Append(" |\n|")
            .AppendJoin('|', Enumerable.Range(0, Columns.Count).Select(column => IsText(column) ? "---" : "---:")).Append("|\n");
        foreach (var row in Rows)
            text.Append("| ").AppendJoin(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }
}
