using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Serilog.Events;
using Serilog.Parsing;

namespace Serving.Host.Telemetry;

/// <summary>What both forms of log lines have in common.</summary>
internal static class LogFields
{
    private const int MostNames = 1000;

    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        "timestamp", "level", "message", "category", "event", "trace_id", "span_id", "exception", "exception_type",
    };

    // Stated in another way, or what the server says of each request around it: the path may hold a caller's config.
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        "SourceContext", "EventId", "TraceId", "SpanId", "ParentId", "RequestId", "RequestPath", "ConnectionId", "Scope", "OriginalFormat", "{OriginalFormat}",
    };

    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    public static string WordOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "TRACE",
        LogEventLevel.Debug => "DEBUG",
        LogEventLevel.Information => "INFO",
        LogEventLevel.Warning => "WARN",
        LogEventLevel.Error => "ERROR",
        _ => "CRITICAL",
    };

    /// <summary>The name of a property's field; null if it has none.</summary>
    public static string? NameOf(string property)
    {
        if (Left.Contains(property))
            return null;
        if (Names.TryGetValue(property, out var known))
            return known;
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
        if (Own.Contains(name))
            name += "_";
        if (Names.Count < MostNames)
            Names.TryAdd(property, name);
        return name;
    }

    /// <summary>Writes the message, texts in it without quotes.</summary>
    public static void WriteMessage(LogEvent logEvent, TextWriter output)
    {
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (token is PropertyToken property && logEvent.Properties.GetValueOrDefault(property.PropertyName) is ScalarValue { Value: string text })
                output.Write(text);
            else
                token.Render(logEvent.Properties, output, CultureInfo.InvariantCulture);
        }
    }
}
