using System.Text.Json.Nodes;

namespace Serving.Endpoints.OpenApi;

/// <summary>Schemas of the chunks that add up to a value.</summary>
internal static class Pieces
{
    /// <summary>Of an object, any of its properties may still be missing, or have come only in part; everything else comes in the form of the whole.</summary>
    public static JsonObject Of(JsonObject whole)
    {
        var piece = (JsonObject)whole.DeepClone();
        piece.Remove("title");
        piece.Remove("required");
        if (piece["properties"] is JsonObject properties)
        {
            foreach (var name in properties.Select(property => property.Key).ToList())
                properties[name] = Of((JsonObject)properties[name]!);
        }

        return piece;
    }
}
