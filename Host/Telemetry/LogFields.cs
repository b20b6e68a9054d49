using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Serilog.Events;

namespace Serving.Host.Telemetry;

/// <summary>What both forms of log lines have in common.</summary>
internal static class LogFields
{
    private const int MostNames = 1000;

    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        "timestamp", "level", "message", "category", "event", "trace_id", "span_id", "exception", "exception_type",
    };

    // Stated in another way, or what the server says of its requests and connections: the path may hold a caller's config.
    private static readonly HashSet<string> Left = new(StringComparer.Ordinal)
    {
        "TraceId", "SpanId", "ParentId", "RequestId", "RequestPath", "ConnectionId", "OriginalFormat", "{OriginalFormat}",
    };

    private static readonly ConcurrentDictionary<string, JsonEncodedText?> Names = new(StringComparer.Ordinal);

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
    public static JsonEncodedText? NameOf(string property)
    {
        if (Names.TryGetValue(property, out var known))
            return known;
        JsonEncodedText? name = null;
        if (!Left.Contains(property))
        {
            var words = JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
            name = JsonEncodedText.Encode(Own.Contains(words) ? words + "_" : words);
        }

        if (Names.Count < MostNames)
            Names.TryAdd(property, name);
        return name;
    }

    /// <summary>A value as words; those of a list, one after the other.</summary>
    public static string TextOf(object value) => value switch
    {
        string text => text,
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(item => item is null ? "(null)" : TextOf(item))),
        _ => value.ToString() ?? "",
    };
}
