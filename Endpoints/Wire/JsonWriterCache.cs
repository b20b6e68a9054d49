using System.Text.Json;

namespace Serving.Endpoints.Wire;

/// <summary>One writer and buffer a thread, for documents written in one go.</summary>
internal static class JsonWriterCache
{
    private const int LargestKept = 256 * 1024;

    [ThreadStatic]
    private static (Utf8JsonWriter Writer, PooledBuffer Buffer)? _cached;

    public static (Utf8JsonWriter Writer, PooledBuffer Buffer) Rent()
    {
        if (_cached is { } cached)
        {
            _cached = null;
            return cached;
        }

        var buffer = new PooledBuffer(16 * 1024);
        return (new Utf8JsonWriter(buffer, JsonAnswer.WriterOptions), buffer);
    }

    public static void Return(Utf8JsonWriter writer, PooledBuffer buffer)
    {
        if (_cached is not null || buffer.Written.Length > LargestKept)
        {
            writer.Reset();
            buffer.Dispose();
            return;
        }

        buffer.Clear();
        writer.Reset(buffer);
        _cached = (writer, buffer);
    }
}
