using System.Text;
using System.Text.RegularExpressions;

namespace Serving.Clients.Tests;

/// <summary>What node's test runner reported: the name of every test and subtest, by how it went.</summary>
internal sealed partial class TapResults
{
    private TapResults(IReadOnlyList<string> passed, IReadOnlyList<string> failed, IReadOnlyList<string> skipped)
        => (Passed, Failed, Skipped) = (passed, failed, skipped);

    public IReadOnlyList<string> Passed { get; }

    public IReadOnlyList<string> Failed { get; }

    public IReadOnlyList<string> Skipped { get; }

    /// <summary>Reads the lines that report a result; details, comments and anything a test printed are passed over.</summary>
    public static TapResults Parse(string output)
    {
        List<string> passed = [], failed = [], skipped = [];
        foreach (Match line in ResultLine().Matches(output))
        {
            var into = line.Groups["skip"].Success ? skipped : line.Groups["not"].Success ? failed : passed;
            into.Add(line.Groups["name"].Value.Replace("\\#", "#", StringComparison.Ordinal));
        }

        return new TapResults(passed, failed, skipped);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (mark, names) in new[] { ("ok", Passed), ("FAILED", Failed), ("skipped", Skipped) })
        {
            foreach (var name in names)
                text.Append(mark).Append("  ").Append(name).Append('\n');
        }

        return text.ToString();
    }

    [GeneratedRegex(
        @"^ *(?<not>not )?ok [0-9]+ - (?<name>.*?)(?<skip> # (?:SKIP|TODO).*)?\r?$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 5000)]
    private static partial Regex ResultLine();
}
