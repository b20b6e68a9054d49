using System.Text.Json;

namespace Serving.Observability.Tests.Dashboards;

/// <summary>A dashboard as it stands in the file.</summary>
internal sealed record Dashboard(string Name, JsonElement Json)
{
    public static IReadOnlyList<Dashboard> All { get; } =
        [.. Repository.Files("observability/grafana", "*.json").Select(file => new Dashboard(Path.GetFileNameWithoutExtension(file), JsonElement.Parse(File.ReadAllText(file))))];

    public IEnumerable<Panel> Panels =>
        Json.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row").Select(panel => new Panel(Name, panel));

    public IEnumerable<JsonElement> Variables => Json.GetProperty("templating").GetProperty("list").EnumerateArray();

    /// <summary>What Grafana asks Prometheus for besides the panels: alerts to mark on the time axis.</summary>
    public IEnumerable<string> Annotations => Json.GetProperty("annotations").GetProperty("list").EnumerateArray().Select(one => one.GetProperty("expr").GetString()!); // ours have one
}
