namespace Serving.LoadTests.Reports;

/// <summary>Writes a run in every form.</summary>
internal static class ReportFiles
{
    public static void Write(RunReport run, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "report.json"), JsonReport.Of(run));
    }
}
