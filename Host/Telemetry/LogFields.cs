using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
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

    private static readonly ConcurrentDictionary<string, Field> Names = new(StringComparer.Ordinal);

    // The names of a line are literals, the same objects in each: to look at one costs less than to find its letters.
    private static readonly Field?[] Seen = new Field?[256];

    public static string WordOf(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "TRACE",
        LogEventLevel.Debug => "DEBUG",
        LogEventLevel.Information => "INFO",
        LogEventLevel.Warning => "WARN",
        LogEventLevel.Error => "ERROR",
        _ => "CRITICAL",
    };

    /// <summary>The field of a property.</summary>
    public static Field Of(string property)
    {
        ref var seen = ref Seen[RuntimeHelpers.GetHashCode(property) % Seen.Length];
        return seen is { } field && ReferenceEquals(field.Property, property) ? field : seen = Find(property);
    }

    /// <summary>A value as words; those of a list, one after the other.</summary>
    public static string TextOf(object value) => value switch
    {
        string text => text,
        double number => Math.Round(number, 3).ToString(CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(item => item is null ? "(null)" : TextOf(item))),
        _ => value.ToString() ?? "",
    };

    private static Field Find(string property)
    {
        if (Names.TryGetValue(property, out var known))
            return known;
        var field = new Field(property, Left.Contains(property) ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(property));
        if (Names.Count < MostNames)
            Names.TryAdd(property, field);
        return field;
    }

    /// <summary>What a property is called in lines.</summary>
    public sealed class Field
    {
        /// <param name="property">The name in code.</param>
        /// <param name="words">The name in lines, where no field of every line has it; null to leave it out.</param>
        public Field(string property, string? words)
        {
            Property = property;
            if (words is null)
                return;
            Name = Own.Contains(words) ? words + "_" : words;
            Json = [(byte)'"', .. JsonEncodedText.Encode(Name).EncodedUtf8Bytes, .. "\":"u8];
        }

        public string Property { get; }

        /// <summary>The name in lines; null if it is left out.</summary>
        public string? Name { get; }

        /// <summary>The name as it stands in JSON, with quotes and colon.</summary>
        public byte[]? Json { get; }
    }
}
