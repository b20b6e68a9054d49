namespace Serving.LoadTests.Reporting;

/// <summary>A table of a report. The first column says what a row is about.</summary>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Whether a column has words: those stand to the left, numbers to the right.</summary>
    public bool IsText(int column) => column == 0 || Rows.Any(row => row[column].Length > 0 && char.IsLetter(row[column][0]));
}
