using System.Buffers;
using System.Globalization;
using Serilog.Events;

namespace Serving.Host.Telemetry;

/// <summary>Makes a line of UTF-8 of a log event: a flat JSON object, the fixed fields first, then those of the event, then a line feed. Thread-safe.</summary>
internal sealed class JsonLogFormatter(Redactor redactor)
{
    [ThreadStatic]
    private static JsonLine? _line;

    /// <summary>Makes the line of an event and hands it on; it is valid until that returns.</summary>
    public void Format(LogEvent logEvent, ReadOnlySpanAction<byte, LogEvent> write)
    {
        var json = _line ?? new JsonLine();
        // A value that logs while it is written gets a line of its own.
        _line = null;
        json.Begin();
        Write(logEvent, json);
        json.End();
        write(redactor.Redact(json.Written), logEvent);
        _line = json;
    }

    private static void Write(LogEvent logEvent, JsonLine json)
    {
        var line = logEvent as LogLine; // else one of Serilog's own
        json.Add("\"timestamp\":"u8, logEvent.Timestamp.UtcDateTime);
        json.Add("\"level\":"u8, LogFields.WordOf(logEvent.Level));
        json.Add("\"message\":"u8, line?.Message ?? logEvent.RenderMessage(CultureInfo.InvariantCulture));
        if (line is not null)
            json.Add("\"category\":"u8, line.Category);
        if (line?.Event is { } name)
            json.Add("\"event\":"u8, name);
        if (logEvent.TraceId is { } trace)
            json.Add("\"trace_id\":"u8, trace.ToHexString());
        if (logEvent.SpanId is { } span)
            json.Add("\"span_id\":"u8, span.ToHexString());
        line?.ForEachField(WriteField, json);
        if (logEvent.Exception is { } error)
        {
            json.Add("\"exception_type\":"u8, error.GetType().FullName ?? "");
            json.Add("\"exception\":"u8, error.ToString());
        }
    }

    private static void WriteField(string property, object value, JsonLine json)
    {
        if (LogFields.Of(property).Json is not { } name)
            return;
        switch (value)
        {
            case string text:
                json.Add(name, text);
                break;
            case int number:
                json.Add(name, number);
                break;
            case long number:
                json.Add(name, number);
                break;
            case double number when double.IsFinite(number):
                json.Add(name, Math.Round(number, 3));
                break;
            case Guid id:
                json.Add(name, id);
                break;
            case bool truth:
                json.Add(name, truth);
                break;
            default:
                json.Add(name, LogFields.TextOf(value));
                break;
        }
    }
}
