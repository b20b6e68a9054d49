using System.Globalization;
using System.Text.Json.Nodes;

namespace Serving.Kubernetes.Tests.Manifests;

/// <summary>One object of Kubernetes. Its scalars are text, as they stand in the file.</summary>
internal sealed class Manifest(JsonNode root)
{
    public string Kind => this["kind"];

    public string Name => this["metadata.name"];

    public string? Namespace => At("metadata.namespace")?.GetValue<string>();

    public JsonNode Root => root;

    /// <summary>The text at a path such as <c>spec.ports.0.name</c>, which has to be there.</summary>
    public string this[string path] => Text(At(path) ?? throw new KeyNotFoundException($"{root["kind"]} {root["metadata"]?["name"]} has no {path}."));

    public int Number(string path) => int.Parse(this[path], CultureInfo.InvariantCulture);

    /// <summary>What is at a path; null if nothing is. A key with dots is asked of its parent.</summary>
    public JsonNode? At(string path) => path.Split('.').Aggregate<string, JsonNode?>(root, (node, part) => node switch
    {
        JsonArray list => int.Parse(part, CultureInfo.InvariantCulture) is var index && index < list.Count ? list[index] : null,
        JsonObject map => map[part],
        _ => null,
    });

    /// <summary>The entries of a list; none if it is not there.</summary>
    public IEnumerable<Manifest> Each(string path) => (At(path) as JsonArray ?? []).Select(node => new Manifest(node!)); // a list of objects

    /// <summary>The entries of a map of texts; none if it is not there.</summary>
    public IReadOnlyDictionary<string, string> Map(string path) =>
        (At(path) as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => Text(entry.Value!), StringComparer.Ordinal); // a map of texts

    public IReadOnlyList<string> Texts(string path) => [.. (At(path) as JsonArray ?? []).Select(node => Text(node!))]; // a list of texts

    public override string ToString() => $"{root["kind"]} {root["metadata"]?["name"]}";

    private static string Text(JsonNode node) => node.GetValue<string>();
}
