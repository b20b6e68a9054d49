using System.Text.Json.Nodes;

namespace Serving.Runtime.Schemas;

/// <summary>The <c>$defs</c> of one schema document, gathered while it is written.</summary>
internal sealed class SchemaDefinitions(string prefix)
{
    private readonly SortedDictionary<string, JsonObject?> _definitions = new(StringComparer.Ordinal);

    /// <summary>A reference to a named schema, which is written once.</summary>
    public JsonObject Reference(string name, Func<JsonObject> write)
    {
        if (!_definitions.ContainsKey(name))
        {
            _definitions[name] = null;
            _definitions[name] = write();
        }

        return new JsonObject { ["$ref"] = prefix + name };
    }

    public IEnumerable<KeyValuePair<string, JsonObject>> All => _definitions.Select(pair => KeyValuePair.Create(pair.Key, pair.Value!));
}
