using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serving.Runtime.Schemas;

/// <summary>A shape whose value becomes another type once read.</summary>
internal sealed class ConvertedShape(JsonShape inner, Func<object?, object?> convert) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result)
    {
        if (!inner.TryRead(value, reader, out result))
            return false;
        result = convert(result);
        return true;
    }

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) => inner.Write(definitions);
}
