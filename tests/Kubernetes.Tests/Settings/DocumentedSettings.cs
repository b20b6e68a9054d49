using System.Text.RegularExpressions;

namespace Serving.Kubernetes.Tests.Settings;

/// <summary>The flat settings that the tables of README and docs name.</summary>
internal static partial class DocumentedSettings
{
    private static readonly string[] Documents = ["README.md", "docs/providers.md", "docs/metrics.md", "docs/observability.md"];

    /// <summary>Each with the beginning of what stands beside it, which in the README is its default.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Documents
        .SelectMany(document => File.ReadLines(Repository.PathOf(document)).Select(line => Row().Match(line)))
        .Where(match => match.Success)
        .SelectMany(match => Name().Matches(match.Groups["names"].Value).Select(name => (Key: name.Groups["name"].Value, Default: match.Groups["default"].Value)))
        .GroupBy(setting => setting.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First().Default, StringComparer.Ordinal);

    // A row whose first cells are names, such as | `PORT` | 8080 | or, in providers.md, | `MaxCalls` | `MAX_PROVIDER_CALLS` | 1000 calls |.
    [GeneratedRegex(@"^\| (?<names>`[A-Za-z][A-Za-z0-9_]*`[^|]*(\| [^|]*`[A-Z][A-Z0-9_]+`[^|]*)?)\| (?<default>[^|]*) \|", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|PORT)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
