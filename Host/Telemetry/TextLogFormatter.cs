using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace Serving.Host.Telemetry;

/// <summary>Writes a log event for a person at a terminal: time of day, level, message, and the fields that the message does not tell. Thread-safe.</summary>
internal sealed class TextLogFormatter(Redactor redactor) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        var line = new StringWriter(CultureInfo.InvariantCulture);
        line.Write(logEvent.Timestamp.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
        line.Write(' ');
        line.Write(LogFields.WordOf(logEvent.Level).PadRight(5));
        line.Write(' ');
        var told = logEvent as LogLine;
        line.Write(told?.Message ?? logEvent.RenderMessage(CultureInfo.InvariantCulture));
        told?.ForEachField(
            static (property, value, to) =>
            {
                if (!to.told.Shows(property) && LogFields.Of(property).Name is { } name)
                    to.line.Write($" {name}={LogFields.TextOf(value)}");
            },
            (told, line));
        line.WriteLine();
        if (logEvent.Exception is { } error)
            line.WriteLine(error);
        redactor.Write(line.ToString(), output);
    }
}
