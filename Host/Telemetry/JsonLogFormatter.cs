using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;

namespace Serving.Host.Telemetry;

/// <summary>Writes a log event as one line: a flat JSON object, the fixed fields first, then those of the event. Thread-safe.</summary>
internal sealed class JsonLogFormatter(Redactor redactor) : ITextFormatter
{
    [ThreadStatic]
    private static Buffers? _buffers;

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var buffers = _buffers ?? new Buffers();
        // A value that logs while it is written gets buffers of its own.
        _buffers = null;
        Write(logEvent, buffers.Json);
        var written = buffers.Bytes.WrittenSpan;
        var letters = ArrayPool<char>.Shared.Rent(written.Length);
        redactor.Write(letters.AsSpan(0, Encoding.UTF8.GetChars(written, letters)), output);
        output.Write('\n');
        ArrayPool<char>.Shared.Return(letters);
        buffers.Clear();
        _buffers = buffers;
    }

    private static void Write(LogEvent logEvent, Utf8JsonWriter json)
    {
        var line = LogLine.Of(logEvent);
        json.WriteStartObject();
        json.WriteString("timestamp"u8, logEvent.Timestamp.UtcDateTime);
        json.WriteString("level"u8, LogFields.WordOf(logEvent.Level));
        json.WriteString("message"u8, line?.Message ?? logEvent.RenderMessage(CultureInfo.InvariantCulture));
        if (line is not null)
            json.WriteString("category"u8, line.Category);
        if (line?.Event is { } name)
            json.WriteString("event"u8, name);
        if (logEvent.TraceId is { } trace)
            json.WriteString("trace_id"u8, trace.ToHexString());
        if (logEvent.SpanId is { } span)
            json.WriteString("span_id"u8, span.ToHexString());
        line?.ForEachField(WriteField, json);
        if (logEvent.Exception is { } error)
        {
            json.WriteString("exception_type"u8, error.GetType().FullName);
            json.WriteString("exception"u8, error.ToString());
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteField(string property, object value, Utf8JsonWriter json)
    {
        if (LogFields.NameOf(property) is not { } name)
            return;
        switch (value)
        {
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, Math.Round(number, 3));
                break;
            case Guid id:
                json.WriteString(name, id);
                break;
            default:
                json.WriteString(name, LogFields.TextOf(value));
                break;
        }
    }

    private sealed class Buffers
    {
        private const int LargestKept = 64 * 1024;

        public Buffers() => Json = new Utf8JsonWriter(Bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

        public ArrayBufferWriter<byte> Bytes { get; private set; } = new(1024);

        public Utf8JsonWriter Json { get; }

        public void Clear()
        {
            if (Bytes.Capacity > LargestKept)
                Bytes = new ArrayBufferWriter<byte>(1024);
            Bytes.ResetWrittenCount();
            Json.Reset(Bytes);
        }
    }
}
