using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Serving.Kubernetes.Tests.Manifests;

/// <summary>Reads YAML into nodes whose scalars are all text.</summary>
internal static class Yaml
{
    public static IReadOnlyList<Manifest> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => new Manifest(Node(document.RootNode)))];
    }

    private static JsonNode Node(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, (JsonNode?)Node(entry.Value)))), // keys are scalars
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Node)]),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value ?? ""),
        _ => throw new InvalidDataException($"{node.Start} is neither map, list nor scalar."),
    };
}
