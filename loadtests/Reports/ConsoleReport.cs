using System.Globalization;
using Spectre.Console;

namespace Serving.LoadTests.Reports;

/// <summary>A run as tables at the console.</summary>
internal static class ConsoleReport
{
    public static void Write(RunReport run, IAnsiConsole console)
    {
        foreach (var table in ReportTables.Of(run))
        {
            var grid = new Table { Title = new TableTitle(Markup.Escape(table.Title)), Border = TableBorder.Rounded };
            foreach (var column in table.Columns)
                grid.AddColumn(new TableColumn(Markup.Escape(column)) { NoWrap = true, Alignment = column == table.Columns[0] ? Justify.Left : Justify.Right });
            foreach (var row in table.Rows)
                grid.AddRow(row.Select(cell => (Spectre.Console.Rendering.IRenderable)new Text(cell)));
            console.Write(grid);
        }

        foreach (var check in run.Checks)
        {
            var word = check.Verdict switch { Verdict.Passed => "[green]pass[/]", Verdict.Failed => "[red]FAIL[/]", _ => "[yellow]----[/]" };
            console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"{word}  {Markup.Escape(check.Name)}: {Markup.Escape(check.Actual)}"));
        }
    }
}
