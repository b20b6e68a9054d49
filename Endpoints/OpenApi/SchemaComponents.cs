using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Serving.Runtime.Schemas;

namespace Serving.Endpoints.OpenApi;

/// <summary>
/// Puts schemas into the components of a document. Equal schemas of one name are one component; of two that differ, the later gets another name, and
/// so does whatever refers to it.
/// </summary>
internal sealed class SchemaComponents(OpenApiDocument document)
{
    public const string Prefix = "#/components/schemas/";
    private const string LocalPrefix = "#/$defs/";

    private readonly Dictionary<string, string> _own = new(StringComparer.Ordinal);

    /// <summary>Adds a schema whose references, if any, are to components; gives the reference to it.</summary>
    public JsonObject Add(string name, JsonObject schema)
    {
        var unique = Reserve(name, null, schema.ToJsonString(), out var added);
        if (added)
            document.AddComponent(unique, SchemaMapper.Map(schema, document));
        return Reference(unique);
    }

    /// <summary>Adds what a shape defines, and gives its schema.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="chain">Stands before the names of definitions whose own name is taken.</param>
    public JsonObject SchemaOf(JsonShape shape, string chain)
    {
        var definitions = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        var schema = shape.ToSchema(LocalPrefix, definitions.Add);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var unwritten = new List<string>();
        foreach (var name in definitions.Keys)
        {
            names[name] = Reserve(Clean(name), chain, Closure(name, definitions), out var added);
            if (added)
                unwritten.Add(name);
        }

        foreach (var name in unwritten)
            document.AddComponent(names[name], SchemaMapper.Map(Renamed(definitions[name], names), document));
        return Renamed(schema, names);
    }

    /// <summary>The schema as the document has it, for an operation.</summary>
    public IOpenApiSchema Map(JsonObject schema) => SchemaMapper.Map(schema, document);

    public static JsonObject Reference(string name) => new() { ["$ref"] = Prefix + name };

    private string Reserve(string name, string? chain, string text, out bool added)
    {
        var unique = name;
        for (var number = 1; !IsFree(unique, text, out added); number++)
        {
            var longer = chain is null ? name : $"{chain}_{name}";
            unique = number == 1 && chain is not null ? longer : $"{longer}_{number + 1}";
        }

        _own[unique] = text;
        return unique;
    }

    /// <summary>Whether the name is nobody's, or the schema's own already.</summary>
    private bool IsFree(string name, string text, out bool added)
    {
        added = false;
        if (_own.TryGetValue(name, out var other))
            return other == text;
        added = document.Components?.Schemas?.ContainsKey(name) != true;
        return added;
    }

    /// <summary>A definition with all it refers to: what makes it equal to another of its name.</summary>
    private static string Closure(string name, SortedDictionary<string, JsonObject> definitions)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal) { name };
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out var next))
        {
            foreach (var (holder, _) in References(definitions[next]))
            {
                var target = Target(holder);
                if (reached.Add(target))
                    open.Enqueue(target);
            }
        }

        return string.Join('\n', reached.Select(reachedName => $"{reachedName}={definitions[reachedName].ToJsonString()}"));
    }

    private static JsonObject Renamed(JsonObject schema, Dictionary<string, string> names)
    {
        var copy = (JsonObject)schema.DeepClone();
        foreach (var (holder, _) in References(copy).ToList())
            holder["$ref"] = Prefix + names[Target(holder)];
        return copy;
    }

    private static string Target(JsonObject holder) => holder["$ref"]!.GetValue<string>()[LocalPrefix.Length..];

    private static IEnumerable<(JsonObject Holder, string Reference)> References(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject schema:
                if (schema["$ref"] is JsonValue value && value.TryGetValue<string>(out var reference))
                    yield return (schema, reference);
                foreach (var (_, child) in schema)
                {
                    foreach (var found in References(child))
                        yield return found;
                }

                break;
            case JsonArray items:
                foreach (var found in items.SelectMany(References))
                    yield return found;
                break;
        }
    }

    private static string Clean(string name) =>
        string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' ? character : '_'));
}
