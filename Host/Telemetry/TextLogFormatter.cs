using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace Serving.Host.Telemetry;

/// <summary>Writes a log event for a person at a terminal: time of day, level, message, and the fields that the message does not tell. Thread-safe.</summary>
internal sealed class TextLogFormatter(Redactor redactor) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        var line = new StringWriter(CultureInfo.InvariantCulture);
        line.Write(logEvent.Timestamp.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
        line.Write(' ');
        line.Write(LogFields.WordOf(logEvent.Level).PadRight(5));
        line.Write(' ');
        LogFields.WriteMessage(logEvent, line);
        foreach (var (property, value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: null } || IsInMessage(logEvent, property) || LogFields.NameOf(property) is not { } field)
                continue;
            line.Write($" {field}=");
            if (value is ScalarValue { Value: string text })
                line.Write(text);
            else
                value.Render(line, null, CultureInfo.InvariantCulture);
        }

        line.WriteLine();
        if (logEvent.Exception is { } error)
            line.WriteLine(error);
        redactor.Write(line.ToString(), output);
    }

    private static bool IsInMessage(LogEvent logEvent, string property)
    {
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (token is PropertyToken named && named.PropertyName == property)
                return true;
        }

        return false;
    }
}
