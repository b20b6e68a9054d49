using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Serving.Tests;

/// <summary>What a metrics port told: families by name, and values by series.</summary>
internal sealed partial class Scrape
{
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    private Scrape(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
            {
                if (line.Split(' ', 4) is [_, var word, var name, var rest])
                    (Heads.TryGetValue(name, out var head) ? head : Heads[name] = new(StringComparer.Ordinal))[word] = rest;
                continue;
            }

            var match = Sample().Match(line);
            Assert.True(match.Success, $"'{line}' is no sample.");
            var series = Key(match.Groups["name"].Value, match.Groups["labels"].Value);
            Assert.True(_values.TryAdd(series, Value(match.Groups["value"].Value)), $"'{series}' is there twice.");
        }
    }

    public string Text { get; }

    /// <summary>By the name of a family: its HELP, TYPE and UNIT.</summary>
    public Dictionary<string, Dictionary<string, string>> Heads { get; } = new(StringComparer.Ordinal);

    /// <summary>All series: a name, and labels in order as in <c>name{a="1",b="2"}</c>.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    /// <summary>The value of a series, labels in any order; 0 if it is not there.</summary>
    public double this[string series]
    {
        get
        {
            var match = Sample().Match(series + " 0");
            return _values.GetValueOrDefault(Key(match.Groups["name"].Value, match.Groups["labels"].Value));
        }
    }

    public static Scrape Parse(string text) => new(text);

    public static async Task<Scrape> OfAsync(HttpClient client, Uri metrics, bool openMetrics = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, metrics);
        if (openMetrics)
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text; version=1.0.0"));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return new Scrape(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Scrapes until a condition holds: a request is counted a moment after its client has the answer.</summary>
    public static async Task<Scrape> UntilAsync(HttpClient client, Uri metrics, Predicate<Scrape> holds)
    {
        for (var tries = 0; ; tries++)
        {
            var scrape = await OfAsync(client, metrics);
            if (holds(scrape) || tries == 2000)
                return scrape;
            await Task.Yield();
        }
    }

    /// <summary>The sum of the series of a name that have these labels, as in <c>chain="a"</c>.</summary>
    public double Sum(string name, params string[] labels) =>
        _values.Where(pair => (pair.Key == name || pair.Key.StartsWith(name + "{", StringComparison.Ordinal)) && labels.All(label => pair.Key.Contains(label, StringComparison.Ordinal)))
            .Sum(pair => pair.Value);

    private static string Key(string name, string labels) =>
        labels.Length == 0 ? name : $"{name}{{{string.Join(',', Label().Matches(labels).Select(label => label.Value).Order(StringComparer.Ordinal))}}}";

    private static double Value(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*)\})? (?<value>\S+)( # .*)?$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("""[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*""" + "\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Label();
}
