using Serving.Runtime.Schemas;

namespace Serving.Runtime.Configurable;

/// <summary>A setting of a chain that a call may set, under its id in <c>config.configurable</c>.</summary>
/// <param name="Id">The key callers use.</param>
public sealed record ConfigurableField(string Id)
{
    /// <summary>What people read; made from the id if null.</summary>
    public string? Name { get; init; }

    /// <summary>Text for people who set it.</summary>
    public string? Description { get; init; }

    /// <summary>What it takes.</summary>
    /// <value>Default: a string.</value>
    public JsonShape Shape { get; init; } = JsonShape.String;

    /// <summary>Its value where the call sets other fields but not this one.</summary>
    public object? Default { get; init; }
}
