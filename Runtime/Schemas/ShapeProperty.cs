using System.Text.Json.Nodes;

namespace Serving.Runtime.Schemas;

/// <summary>A property of an object shape.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Shape">What it takes.</param>
public sealed record ShapeProperty(string Name, JsonShape Shape)
{
    /// <summary>Whether it must be there.</summary>
    /// <value>Default true.</value>
    public bool Required { get; init; } = true;

    /// <summary>What it is when absent; meaningful if not <see cref="Required"/>.</summary>
    public object? Default { get; init; }

    /// <summary>Whether <see cref="Default"/> stands for an absent value; if not, it stays absent.</summary>
    internal bool HasDefault { get; init; } = true;

    /// <summary>What people read; made from the name if null.</summary>
    public string? Title { get; init; }

    /// <summary>Text for people who read the schema.</summary>
    public string? Description { get; init; }

    internal string TitleText => Title ?? string.Join(' ', Name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(Capital));

    internal JsonObject Write(SchemaDefinitions definitions)
    {
        var schema = Shape.Write(definitions);
        if (!schema.ContainsKey("$ref"))
            schema["title"] = TitleText;
        if (Description is not null)
            schema["description"] = Description;
        if (!Required && HasDefault)
            schema["default"] = Default is null ? null : System.Text.Json.JsonSerializer.SerializeToNode(Default, Default.GetType(), Serialization.RuntimeJson.Options);
        return schema;
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
