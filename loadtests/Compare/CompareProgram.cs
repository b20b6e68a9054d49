using System.Runtime.InteropServices;

namespace Serving.LoadTests.Compare;

/// <summary>The comparison as a program.</summary>
internal static class CompareProgram
{
    /// <summary>Runs what a command line asks for, and writes its reports.</summary>
    /// <returns>
    /// The exit status: 0, 1 if an answer of the host was wrong, 2 if the arguments are, 3 if it could not run, 130 if it was stopped. Goals that are not met do not
    /// change it: they depend on the machine.
    /// </returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Action<string> tell)
    {
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var arguments = CompareArguments.Parse(args);
            var report = await new CompareRun(arguments, TimeProvider.System, tell).RunAsync(stop.Token);
            CompareFiles.Write(report, arguments.Report);
            tell(CompareFiles.ToMarkdown(report));
            tell($"Reports are in {arguments.Report}.");
            return report.IsSound() ? 0 : 1;
        }
        catch (FormatException wrong)
        {
            tell($"{wrong.Message}\n\n{CompareArguments.Usage}");
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            tell("Stopped.");
            return 130;
        }
        catch (Exception error) when (error is InvalidOperationException or HttpRequestException or IOException)
        {
            tell(error.Message);
            return 3;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
