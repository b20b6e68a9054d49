using System.Text.Json;

namespace Serving.Runtime.Parsers;

/// <summary>Reads JSON that is not there in full yet, as models stream it.</summary>
internal static class PartialJson
{
    public static bool TryParse(string text, out JsonElement value)
    {
        value = default;
        return false;
    }
}
