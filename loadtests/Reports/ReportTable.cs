namespace Serving.LoadTests.Reports;

/// <summary>A table of a report. The first column says what a row is about.</summary>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
