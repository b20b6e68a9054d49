using System.Runtime.InteropServices;
using Serving.LoadTests;
using Serving.LoadTests.Compare;
using Serving.LoadTests.Reporting;
using Serving.LoadTests.Scenarios;
using Spectre.Console;

// Exit status: 0 passed, 1 a threshold failed or an answer of a compared host was wrong, 2 the arguments are wrong, 3 it could not run, 130 it was stopped.
var console = AnsiConsole.Console;
if (Console.IsOutputRedirected)
{
    // A log has no colours, and nothing wraps in it.
    console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
    console.Profile.Width = 240;
}

if (args is ["render", var json, var folder])
{
    ReportFiles.Write(JsonReport.Read<RunReport>(await File.ReadAllTextAsync(json)), folder);
    return 0;
}

if (args is ["list"])
{
    foreach (var scenario in AllScenarios.List)
        console.WriteLine($"{scenario.Name,-18} {scenario.Rate,5}/s  {scenario.Duration,-9:h\\:mm\\:ss} {scenario.Description}");
    return 0;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var isComparison = args is ["compare", ..];
try
{
    return isComparison ? await CompareAsync(CompareArguments.Parse(args[1..])) : await LoadAsync(LoadArguments.Parse(args));
}
catch (FormatException wrong)
{
    console.WriteLine($"{wrong.Message}\n\n{(isComparison ? CompareArguments.Usage : LoadArguments.Usage)}");
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    console.WriteLine("Stopped before there was anything to report.");
    return 130;
}
catch (Exception error) when (error is InvalidOperationException or HttpRequestException or IOException)
{
    console.WriteLine(error.Message);
    return 3;
}

async Task<int> LoadAsync(LoadArguments arguments)
{
    var report = await new LoadRun(arguments, TimeProvider.System, new RunProgress(console)).RunAsync(stop.Token);
    ReportFiles.Write(report, arguments.Report);
    ConsoleReport.Write(report, console);
    console.WriteLine($"Reports are in {arguments.Report}.");
    return report.WasStopped ? 130 : report.Passed ? 0 : 1;
}

// Goals that are not met do not fail it: they depend on the machine.
async Task<int> CompareAsync(CompareArguments arguments)
{
    var report = await new CompareRun(arguments, TimeProvider.System, Console.WriteLine).RunAsync(stop.Token);
    CompareFiles.Write(report, arguments.Report);
    Console.WriteLine(CompareFiles.ToMarkdown(report));
    Console.WriteLine($"Reports are in {arguments.Report}.");
    return report.IsSound() ? 0 : 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
