using System.Diagnostics;
using Serilog.Events;

namespace Serving.Host.Telemetry;

/// <summary>
/// A log event that keeps what was logged as it was given: a property of Serilog's for each of its fields would cost as much again as to write them. Valid while it is being logged: what it was made of
/// may change afterwards.
/// </summary>
internal sealed class LogLine : LogEvent
{
    private readonly IReadOnlyList<KeyValuePair<string, object?>> _state;
    private readonly IExternalScopeProvider? _scopes;
    private Dictionary<string, object?>? _around;

    public LogLine(
        DateTimeOffset timestamp, LogEventLevel level, Exception? exception, string message, IReadOnlyList<KeyValuePair<string, object?>> state, IExternalScopeProvider? scopes, Activity? span)
        : base(timestamp, level, exception, MessageTemplate.Empty, [], span?.TraceId ?? default, span?.SpanId ?? default) =>
        (Message, _state, _scopes) = (message, state, scopes);

    public required string Category { get; init; }

    public string? Event { get; init; }

    public string Message { get; }

    /// <summary>Tells the fields that have a value: those of the line, then those of the scopes around it. Of two with one name the nearer counts.</summary>
    public void ForEachField<T>(Action<string, object, T> tell, T to)
    {
        for (var i = 0; i < _state.Count; i++)
        {
            if (_state[i] is { Key: var key, Value: { } value })
                tell(key, value, to);
        }

        _scopes?.ForEachScope(static (scope, line) => line.Enter(scope), this);
        if (_around is null)
            return;
        foreach (var (key, value) in _around)
        {
            if (value is not null && !_state.Any(field => field.Key == key))
                tell(key, value, to);
        }
    }

    /// <summary>Whether the message shows a field.</summary>
    public bool Shows(string property)
    {
        // The template is the last of what a line has.
        if (_state is not [.., { Key: "{OriginalFormat}", Value: string template }])
            return false;
        for (var at = template.IndexOf(property, StringComparison.Ordinal); at >= 0; at = template.IndexOf(property, at + 1, StringComparison.Ordinal))
        {
            var end = at + property.Length;
            if (at > 0 && template[at - 1] == '{' && end < template.Length && template[end] is '}' or ':' or ',')
                return true;
        }

        return false;
    }

    private void Enter(object? scope)
    {
        if (scope is not IEnumerable<KeyValuePair<string, object?>> fields)
            return;
        _around ??= [];
        foreach (var (key, value) in fields)
            _around[key] = value;
    }
}
