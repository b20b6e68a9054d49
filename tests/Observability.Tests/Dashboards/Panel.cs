using System.Text.Json;

namespace Serving.Observability.Tests.Dashboards;

/// <summary>A panel of a dashboard.</summary>
internal sealed record Panel(string Dashboard, JsonElement Json)
{
    public string Title => Json.GetProperty("title").GetString()!; // a test wants one

    /// <summary>Its queries with every value of every variable, as Grafana sends them when all is chosen.</summary>
    public IEnumerable<string> Queries => Json.GetProperty("targets").EnumerateArray().Select(target => Expand(target.GetProperty("expr").GetString()!)); // a target has one

    public static string Expand(string query) => query
        .Replace("$__rate_interval", "10s", StringComparison.Ordinal)
        .Replace("$chain", ".*", StringComparison.Ordinal)
        .Replace("$provider", ".*", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal);

    public override string ToString() => $"{Dashboard}: {Title}";
}
