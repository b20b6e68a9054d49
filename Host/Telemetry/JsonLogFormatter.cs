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
        Write(logEvent, buffers.Json, buffers.Text);
        var written = buffers.Bytes.WrittenSpan;
        var letters = ArrayPool<char>.Shared.Rent(written.Length);
        redactor.Write(letters.AsSpan(0, Encoding.UTF8.GetChars(written, letters)), output);
        output.Write('\n');
        ArrayPool<char>.Shared.Return(letters);
        buffers.Clear();
        _buffers = buffers;
    }

    private static void Write(LogEvent logEvent, Utf8JsonWriter json, StringWriter text)
    {
        json.WriteStartObject();
        json.WriteString("timestamp"u8, logEvent.Timestamp.UtcDateTime);
        json.WriteString("level"u8, LogFields.WordOf(logEvent.Level));
        LogFields.WriteMessage(logEvent, text);
        json.WriteString("message"u8, text.ToString());
        if (logEvent.Properties.GetValueOrDefault("SourceContext") is ScalarValue { Value: string category })
            json.WriteString("category"u8, category);
        if (logEvent.Properties.GetValueOrDefault("EventId") is StructureValue id && id.Properties.FirstOrDefault(part => part.Name == "Name")?.Value is ScalarValue { Value: string name })
            json.WriteString("event"u8, name);
        if (logEvent.TraceId is { } trace)
            json.WriteString("trace_id"u8, trace.ToHexString());
        if (logEvent.SpanId is { } span)
            json.WriteString("span_id"u8, span.ToHexString());
        foreach (var (property, value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: null } || LogFields.NameOf(property) is not { } field)
                continue;
            json.WritePropertyName(field);
            Write(json, value);
        }

        if (logEvent.Exception is { } error)
        {
            json.WriteString("exception_type"u8, error.GetType().FullName);
            json.WriteString("exception"u8, error.ToString());
        }

        json.WriteEndObject();
        json.Flush();
    }

    private static void Write(Utf8JsonWriter json, LogEventPropertyValue value)
    {
        switch ((value as ScalarValue)?.Value)
        {
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(Math.Round(number, 3));
                break;
            case string words:
                json.WriteStringValue(words);
                break;
            case Guid id:
                json.WriteStringValue(id);
                break;
            case IFormattable other:
                json.WriteStringValue(other.ToString(null, CultureInfo.InvariantCulture));
                break;
            case { } other:
                json.WriteStringValue(other.ToString());
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }

    private sealed class Buffers
    {
        private const int LargestKept = 64 * 1024;

        public Buffers() => Json = new Utf8JsonWriter(Bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

        public ArrayBufferWriter<byte> Bytes { get; private set; } = new(1024);

        public Utf8JsonWriter Json { get; }

        public StringWriter Text { get; } = new(CultureInfo.InvariantCulture);

        public void Clear()
        {
            if (Bytes.Capacity > LargestKept)
                Bytes = new ArrayBufferWriter<byte>(1024);
            Bytes.ResetWrittenCount();
            Json.Reset(Bytes);
            Text.GetStringBuilder().Clear();
        }
    }
}
