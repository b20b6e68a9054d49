namespace Serving.LoadTests.Reporting;

/// <summary>Writes a run in every form.</summary>
internal static class ReportFiles
{
    public static void Write(RunReport run, string folder)
    {
        Directory.CreateDirectory(folder);
        Write("report.json", JsonReport.Of(run));
        Write("report.md", MarkdownReport.Of(run));
        Write("seconds.csv", CsvReport.Of(run));
        Write("report.html", HtmlReport.Of(run));

        void Write(string file, string text) => File.WriteAllText(Path.Combine(folder, file), text);
    }
}
