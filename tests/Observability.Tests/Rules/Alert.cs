using System.Text.RegularExpressions;

namespace Serving.Observability.Tests.Rules;

/// <summary>An alert as it stands in the file.</summary>
internal sealed partial record Alert(string Name, string Query, string Text)
{
    /// <summary>All alerts of the repository.</summary>
    public static IReadOnlyList<Alert> All { get; } = [.. Entry().Matches(File.ReadAllText(Repository.PathOf("observability/prometheus/alerts.yml")))
        .Select(match => new Alert(match.Groups["name"].Value, match.Groups["query"].Value, match.Value))];

    /// <summary>A label or an annotation; empty if there is none.</summary>
    public string Field(string name) => Regex.Match(Text, $@"^ +{name}: '?(?<value>.+?)'?$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Groups["value"].Value;

    public override string ToString() => Name;

    [GeneratedRegex(@"- alert: (?<name>\w+)\n +expr: \|\n(?<query>( {10}.+\n)+)( {8}.+\n)+", RegexOptions.ExplicitCapture)]
    private static partial Regex Entry();
}
