using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Runtime.Runnables;

namespace Serving.Runtime.Schemas;

/// <summary>The shape of a type inside that type: found when it is needed, and in a schema referred to by the type's name.</summary>
internal sealed class RecursiveShape(Type type) : JsonShape
{
    internal override bool TryRead(JsonElement value, ShapeReader reader, out object? result) => For(type).TryRead(value, reader, out result);

    private protected override JsonObject WriteCore(SchemaDefinitions definitions) =>
        definitions.Reference(RunnableName.Of(type), () => For(type).Write(definitions));
}
