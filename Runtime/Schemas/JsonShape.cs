using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Runtime.Errors;

namespace Serving.Runtime.Schemas;

/// <summary>
/// What JSON a value takes: its schema, and how it is read. Reading is lax where it cannot mislead ("5" is taken for an integer, 5.5 is not),
/// and tells all problems at once. Immutable and thread-safe.
/// </summary>
public abstract class JsonShape
{
    /// <summary>Any JSON; it is read as a <see cref="JsonElement"/>.</summary>
    public static JsonShape Any { get; } = new AnyShape();

    /// <summary>A string.</summary>
    public static JsonShape String { get; } = new StringShape();

    /// <summary>An integer; it is read as a <see cref="long"/>. Takes "5", 5.0 and true (1).</summary>
    public static JsonShape Integer { get; } = new IntegerShape(long.MinValue, long.MaxValue);

    /// <summary>A number; it is read as a <see cref="double"/>. Takes "5.5" and true (1).</summary>
    public static JsonShape Number { get; } = new NumberShape();

    /// <summary>A boolean. Takes 0, 1 and the words true, false, yes, no, on, off.</summary>
    public static JsonShape Boolean { get; } = new BooleanShape();

    /// <summary>Any object, its values read as they are.</summary>
    public static JsonShape Dictionary { get; } = new DictionaryShape();

    // What fits leaves nothing behind in it.
    [ThreadStatic]
    private static ShapeReader? _reader;

    /// <summary>Text for people who read the schema.</summary>
    public string? Description { get; init; }

    /// <summary>The shape of a .NET type, by its serialization contract: records and classes become objects with snake_case properties.</summary>
    public static JsonShape For<T>() => ShapeOf<T>.Value;

    /// <summary>The shape of a .NET type.</summary>
    public static JsonShape For(Type type) => ClrShapes.Get(type);

    /// <summary>The shape a JSON schema describes. Keywords beyond type, properties, required, items, enum, anyOf, default and references within the schema are not enforced.</summary>
    public static JsonShape Parse(JsonElement schema) => SchemaParser.Parse(schema);

    /// <summary>An object with the given properties. Others are dropped.</summary>
    public static JsonShape Object(string name, params IReadOnlyList<ShapeProperty> properties) => new ObjectShape(name, properties, null);

    /// <summary>A list.</summary>
    public static JsonShape Array(JsonShape items) => new ArrayShape(items);

    /// <summary>One of a set of strings.</summary>
    public static JsonShape Enum(string name, IReadOnlyList<string> values) => new EnumShape(name, values);

    /// <summary>A message of one of the given <see cref="Chat.MessageType"/>s, or of any; it is read as Microsoft.Extensions.AI's ChatMessage.</summary>
    public static JsonShape Message(params IReadOnlyList<string> types) => new Chat.MessageShape(types);

    /// <summary>The first of several shapes that fits.</summary>
    public static JsonShape Union(params IReadOnlyList<JsonShape> options) => new UnionShape(options);

    /// <summary>This shape under a name, written once in a schema's definitions and referred to.</summary>
    public JsonShape Named(string name) => new NamedShape(name, this);

    /// <summary>Reads a value.</summary>
    /// <exception cref="InvalidInputException">The value does not fit; all problems are in it.</exception>
    public object? Read(JsonElement value)
    {
        if (TryRead(value, out var result, out var errors))
            return result;
        throw new InvalidInputException(errors);
    }

    /// <summary>Reads a value, or tells what is wrong with it.</summary>
    public bool TryRead(JsonElement value, out object? result, [NotNullWhen(false)] out IReadOnlyList<InputError>? errors)
    {
        // A value that is read by shapes of its own has a reader of its own.
        var reader = _reader ?? new ShapeReader();
        _reader = null;
        if (TryRead(value, reader, out result))
        {
            errors = null;
            reader.Coerced = false;
            _reader = reader;
            return true;
        }

        errors = reader.Errors;
        return false;
    }

    /// <summary>The JSON schema, definitions included.</summary>
    /// <param name="title">The title of the document; null for none.</param>
    public JsonObject ToSchema(string? title = null)
    {
        var definitions = new SchemaDefinitions("#/$defs/");
        var schema = Write(definitions);
        if (title is not null)
            schema["title"] = title;
        if (definitions.All.Any())
            schema["$defs"] = new JsonObject(definitions.All.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        return schema;
    }

    /// <summary>The JSON schema with its definitions put elsewhere, as OpenAPI wants them.</summary>
    /// <param name="referencePrefix">Where the definitions will stand, such as <c>#/components/schemas/</c>.</param>
    /// <param name="definitions">Receives each definition by its name.</param>
    public JsonObject ToSchema(string referencePrefix, Action<string, JsonObject> definitions)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        var gathered = new SchemaDefinitions(referencePrefix);
        var schema = Write(gathered);
        foreach (var (name, definition) in gathered.All)
            definitions(name, definition);
        return schema;
    }

    internal abstract bool TryRead(JsonElement value, ShapeReader reader, out object? result);

    internal JsonObject Write(SchemaDefinitions definitions)
    {
        var schema = WriteCore(definitions);
        if (Description is not null)
            schema["description"] = Description;
        return schema;
    }

    private protected abstract JsonObject WriteCore(SchemaDefinitions definitions);

    private static class ShapeOf<T>
    {
        public static readonly JsonShape Value = ClrShapes.Get(typeof(T));
    }
}
