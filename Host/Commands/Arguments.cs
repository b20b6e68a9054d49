namespace Serving.Host.Commands;

/// <summary>The words after a command: its own switches, and settings for the configuration.</summary>
internal sealed class Arguments
{
    private readonly HashSet<string> _switches = new(StringComparer.Ordinal);

    private Arguments()
    {
    }

    /// <summary>What is left for the configuration, as <c>--SETTING=value</c> or <c>--SETTING value</c>.</summary>
    public string[] Settings { get; private init; } = [];

    /// <summary>What nobody understands, as a sentence with its cure; null if all is well. A word that configuration would pass over in silence is a problem here.</summary>
    public string? Problem { get; private init; }

    public static Arguments Read(IReadOnlyList<string> args, params IReadOnlyList<string> switches)
    {
        var settings = new List<string>();
        var given = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            if (switches.Contains(args[i], StringComparer.Ordinal))
            {
                given.Add(args[i]);
            }
            else if (args[i].StartsWith("--", StringComparison.Ordinal) && args[i].Contains('=', StringComparison.Ordinal))
            {
                settings.Add(args[i]);
            }
            else if (args[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                settings.Add($"{args[i]}={args[++i]}");
            }
            else
            {
                return new Arguments { Problem = $"'{args[i]}' is not understood here; there are {string.Join(", ", switches)} and settings such as --PORT=8081." };
            }
        }

        var read = new Arguments { Settings = [.. settings] };
        read._switches.UnionWith(given);
        return read;
    }

    public bool Has(string name) => _switches.Contains(name);
}
