using Spectre.Console;

namespace Serving.LoadTests.Reporting;

/// <summary>A run as tables at the console.</summary>
internal static class ConsoleReport
{
    public static void Write(RunReport run, IAnsiConsole console)
    {
        foreach (var table in ReportTables.Of(run))
        {
            var grid = new Table { Title = new TableTitle(Markup.Escape(table.Title), Style.Plain), Border = TableBorder.Rounded };
            for (var column = 0; column < table.Columns.Count; column++)
                grid.AddColumn(new TableColumn(Markup.Escape(table.Columns[column])) { NoWrap = true, Alignment = table.IsText(column) ? Justify.Left : Justify.Right });
            foreach (var row in table.Rows)
                grid.AddRow(row.Select(cell => (Spectre.Console.Rendering.IRenderable)new Text(cell)));
            console.Write(grid);
        }

        foreach (var check in run.Checks)
        {
            var colour = check.Verdict switch { Verdict.Passed => "green", Verdict.Failed => "red", _ => "yellow" };
            console.MarkupLine($"[{colour}]{ReportTables.Word(check.Verdict),-10}[/]  {Markup.Escape(check.Name)}: {Markup.Escape(check.Actual)}");
        }
    }
}
