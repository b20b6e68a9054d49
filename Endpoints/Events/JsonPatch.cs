using System.Text.Json;
using Serving.Runtime.Streaming;

namespace Serving.Endpoints.Events;

/// <summary>Operations of JSON Patch (RFC 6902).</summary>
internal static class JsonPatch
{
    public static void Write<TState>(Utf8JsonWriter writer, string operation, string path, TState state, Action<Utf8JsonWriter, TState> value)
    {
        writer.WriteStartObject();
        writer.WriteString("op"u8, operation);
        writer.WriteString("path"u8, path);
        writer.WritePropertyName("value"u8);
        value(writer, state);
        writer.WriteEndObject();
    }

    /// <summary>A name as one step of a JSON Pointer (RFC 6901).</summary>
    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>
    /// What turns one value into another: named values change key by key, lists that grew at their end grow; anything else is replaced.
    /// Equal values change nothing.
    /// </summary>
    public static void WriteDifference(Utf8JsonWriter writer, string path, object? before, object? after)
    {
        if (AreEqual(before, after))
            return;
        switch (before, after)
        {
            case (ChainValues old, ChainValues now):
                foreach (var (key, _) in old)
                {
                    if (!now.ContainsKey(key))
                        WriteRemove(writer, $"{path}/{Escape(key)}");
                }

                foreach (var (key, value) in now)
                {
                    if (old.TryGetValue(key, out var earlier))
                        WriteDifference(writer, $"{path}/{Escape(key)}", earlier, value);
                    else
                        Write(writer, "add", $"{path}/{Escape(key)}", value, RunJson.WriteValue);
                }

                break;
            case (IReadOnlyList<object?> old, IReadOnlyList<object?> now) when now.Count > old.Count && !old.Where((item, i) => !AreEqual(item, now[i])).Any():
                for (var i = old.Count; i < now.Count; i++)
                    Write(writer, "add", $"{path}/{i}", now[i], RunJson.WriteValue);
                break;
            default:
                Write(writer, "replace", path, after, RunJson.WriteValue);
                break;
        }
    }

    private static bool AreEqual(object? a, object? b) => (a, b) switch
    {
        (JsonElement x, JsonElement y) => JsonElement.DeepEquals(x, y),
        _ => Equals(a, b),
    };

    private static void WriteRemove(Utf8JsonWriter writer, string path)
    {
        writer.WriteStartObject();
        writer.WriteString("op"u8, "remove"u8);
        writer.WriteString("path"u8, path);
        writer.WriteEndObject();
    }
}
