using System.Text.RegularExpressions;

namespace Serving.Observability.Tests;

/// <summary>Finds the names of metrics in queries and documents.</summary>
internal static partial class PromQl
{
    private static readonly HashSet<string> Words = new(["and", "or", "unless", "bool", "offset", "inf", "nan"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The metrics a query asks for: what is left of it without texts, labels, times, functions and words of the language.</summary>
    public static IEnumerable<string> Metrics(string query)
    {
        var bare = Range().Replace(Matchers().Replace(Text().Replace(query, ""), ""), "");
        return Name().Matches(Grouping().Replace(bare, "")).Select(match => match.Value).Where(name => !Words.Contains(name)).Distinct(StringComparer.Ordinal);
    }

    /// <summary>What looks like a metric's name in a document.</summary>
    public static IEnumerable<string> Mentioned(string document) => Exposed().Matches(document).Select(match => match.Value).Distinct(StringComparer.Ordinal);

    [GeneratedRegex("""("[^"]*"|'[^']*')""")]
    private static partial Regex Text();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<![\w:.$])[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<![\w/:.$-])(serving|gen_ai|dotnet|kestrel|aspnetcore|http_client|http_server|kube|container)_\w*[a-z0-9](?!\w|[\w/*.-]*[/*]|\.(py|js|cs|md|json|yml)\b)")]
    private static partial Regex Exposed();
}
