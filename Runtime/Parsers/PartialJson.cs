using System.Text.Json;

namespace Serving.Runtime.Parsers;

/// <summary>Reads JSON that is not there in full yet, as models stream it.</summary>
internal static class PartialJson
{
    /// <summary>
    /// Gives the value that has come so far: open strings, lists and objects are closed, half tokens and names without a value are dropped.
    /// False if nothing has come, or if no JSON begins like this.
    /// </summary>
    public static bool TryParse(string text, out JsonElement value)
    {
        var reader = new PartialJsonReader();
        foreach (var character in text)
            reader.Add(character);
        return reader.TryGetValue(out value);
    }
}
