using System.Text.RegularExpressions;

namespace Serving.Kubernetes.Tests.Settings;

/// <summary><c>k8s/base/serving.env</c>: what is set, and behind a # what is left at its default.</summary>
internal static partial class SettingsFile
{
    public static IReadOnlyDictionary<string, string> Set { get; } = Read("");

    public static IReadOnlyDictionary<string, string> Left { get; } = Read("# ");

    private static Dictionary<string, string> Read(string mark) => File.ReadLines(Repository.PathOf("k8s/base/serving.env"))
        .Select(line => Entry().Match(line))
        .Where(match => match.Success && match.Groups["mark"].Value == mark)
        .ToDictionary(match => match.Groups["key"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);

    [GeneratedRegex("^(?<mark>(# )?)(?<key>[A-Z0-9_]+)=(?<value>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Entry();
}
