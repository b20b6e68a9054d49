using Serilog.Events;

namespace Serving.Host.Telemetry;

/// <summary>What a log line tells besides its time and level. Valid while it is being logged: what it was made of may change afterwards.</summary>
internal sealed class LogLine(string category, string? eventName, string message, IReadOnlyList<KeyValuePair<string, object?>> state, IExternalScopeProvider? scopes)
    : LogEventPropertyValue
{
    /// <summary>The one property of an event, which has its line.</summary>
    public const string Property = "Line";

    private Dictionary<string, object?>? _around;

    public string Category => category;

    public string? Event => eventName;

    public string Message => message;

    /// <summary>The line of an event; null of one that Serilog made itself.</summary>
    public static LogLine? Of(LogEvent logEvent) => logEvent.Properties.GetValueOrDefault(Property) as LogLine;

    /// <summary>Tells the fields that have a value: those of the line, then those of the scopes around it. Of two with one name the nearer counts.</summary>
    public void ForEachField<T>(Action<string, object, T> tell, T to)
    {
        for (var i = 0; i < state.Count; i++)
        {
            if (state[i] is { Key: var key, Value: { } value })
                tell(key, value, to);
        }

        scopes?.ForEachScope(static (scope, line) => line.Enter(scope), this);
        if (_around is null)
            return;
        foreach (var (key, value) in _around)
        {
            if (value is not null && !state.Any(field => field.Key == key))
                tell(key, value, to);
        }
    }

    /// <summary>Whether the message shows a field.</summary>
    public bool Shows(string property)
    {
        // The template is the last of what a line has.
        if (state is not [.., { Key: "{OriginalFormat}", Value: string template }])
            return false;
        for (var at = template.IndexOf(property, StringComparison.Ordinal); at >= 0; at = template.IndexOf(property, at + 1, StringComparison.Ordinal))
        {
            var end = at + property.Length;
            if (at > 0 && template[at - 1] == '{' && end < template.Length && template[end] is '}' or ':' or ',')
                return true;
        }

        return false;
    }

    public override void Render(TextWriter output, string? format = null, IFormatProvider? formatProvider = null) => output.Write(message);

    private void Enter(object? scope)
    {
        if (scope is not IEnumerable<KeyValuePair<string, object?>> fields)
            return;
        _around ??= [];
        foreach (var (key, value) in fields)
            _around[key] = value;
    }
}
