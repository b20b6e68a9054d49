using System.Reflection;

namespace Serving.Host.Commands;

/// <summary>Finds the command among the words the process was started with. Without one it serves, and the words are settings.</summary>
internal static class CommandLine
{
    /// <summary>The exit code for words that nobody understands.</summary>
    public const int Misused = 2;

    private const string Help = """
        Serving hosts LLM chains over HTTP.

        serving [serve] [--SETTING=value …]         serves; this is the default
        serving health [--ready] [--SETTING=value …]
                                                    asks the host on this machine whether it is well, or with --ready
                                                    whether it wants traffic; exit code 0 says yes, 1 no
        serving preflight [--live] [--strict] [--json] [--SETTING=value …]
                                                    checks what serving would start with; --live calls the providers, too;
                                                    exit code 1 if a check fails, with --strict also if one warns
        serving --help, serving --version

        Settings come from the environment, appsettings.json and the command line. README.md has a table of them.
        """;

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code of the process.</returns>
    public static Task<int> RunAsync(string[] args) => args switch
    {
        ["--help" or "-h" or "-?" or "help", ..] => Task.FromResult(Print(Help)),
        ["--version" or "version", ..] => Task.FromResult(Print(Version)),
        ["health", .. var rest] => Task.FromResult(HealthCommand.Run(rest, Console.Error)),
        ["preflight", .. var rest] => PreflightCommand.RunAsync(rest, Console.Out, Console.Error),
        ["serve", .. var rest] => ServeCommand.RunAsync(rest),
        [] or [['-' or '/', ..], ..] => ServeCommand.RunAsync(args),
        [var first, ..] when first.Contains('=', StringComparison.Ordinal) => ServeCommand.RunAsync(args),
        [var other, ..] => Task.FromResult(Refuse(other)),
    };

    private static string Version => typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static int Print(string text)
    {
        Console.Out.WriteLine(text);
        return 0;
    }

    private static int Refuse(string word)
    {
        Console.Error.WriteLine($"'{word}' is no command; there are serve, health and preflight. `serving --help` tells what they do.");
        return Misused;
    }
}
