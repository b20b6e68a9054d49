using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Serving.Providers.Wire;

/// <summary>A writer and its buffer, one per thread and used again, so that a request costs its own bytes and no more.</summary>
internal sealed class JsonBuffer
{
    private const int LargestKept = 256 * 1024;

    [ThreadStatic]
    private static JsonBuffer? Spare;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    private JsonBuffer() =>
        // Bodies are not put into pages: what need not be escaped is not.
        Writer = new Utf8JsonWriter(_bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 });

    public Utf8JsonWriter Writer { get; }

    public static JsonBuffer Rent()
    {
        var buffer = Spare ?? new JsonBuffer();
        Spare = null;
        return buffer;
    }

    /// <summary>What was written. The buffer goes back and must not be used any more.</summary>
    public byte[] Take()
    {
        Writer.Flush();
        var body = _bytes.WrittenSpan.ToArray();
        if (_bytes.Capacity <= LargestKept)
        {
            _bytes.ResetWrittenCount();
            Writer.Reset();
            Spare = this;
        }

        return body;
    }

    /// <summary>Writes any value, as Microsoft.Extensions.AI does.</summary>
    public static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonElement json:
                json.WriteTo(writer);
                break;
            default:
                JsonSerializer.Serialize(writer, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
                break;
        }
    }

    /// <summary>A value as JSON text.</summary>
    public static string Text(object value)
    {
        var buffer = Rent();
        WriteValue(buffer.Writer, value);
        return Encoding.UTF8.GetString(buffer.Take());
    }
}
