using System.Text.RegularExpressions;

namespace Serving.Observability.Tests.Live;

/// <summary>The names in what a host gives to Prometheus.</summary>
/// <param name="Names">Metrics: families and samples.</param>
/// <param name="Labels">Labels.</param>
internal sealed partial record Scrape(IReadOnlySet<string> Names, IReadOnlySet<string> Labels)
{
    public static Scrape Parse(string text)
    {
        var names = Family().Matches(text).Concat(SampleName().Matches(text)).Select(match => match.Groups["name"].Value);
        return new Scrape(names.ToHashSet(StringComparer.Ordinal), Label().Matches(text).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^# TYPE (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"^(?<name>\w+)[{ ]", RegexOptions.Multiline)]
    private static partial Regex SampleName();

    [GeneratedRegex("[{,](?<name>\\w+)=\"")]
    private static partial Regex Label();
}
