using Serilog.Events;

namespace Serving.Host.Telemetry;

/// <summary>From which level on lines are logged: in general, and of categories and what is below them.</summary>
internal sealed class LogLevels
{
    /// <summary>The category of what is sent to models and what they answer.</summary>
    public const string Content = "Serving.Content";

    private const string Words = "Trace, Debug, Information, Warning, Error, Critical or None";
    private const LogEventLevel Off = LogEventLevel.Fatal + 1;

    private readonly Dictionary<string, LogEventLevel> _categories = new(StringComparer.Ordinal);

    public LogEventLevel Default { get; private set; } = LogEventLevel.Information;

    public IReadOnlyDictionary<string, LogEventLevel> Categories => _categories;

    /// <summary>Reads <c>Warning,Serving.Providers=Debug</c>.</summary>
    /// <param name="text">The setting; null for the defaults.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    public static LogLevels Parse(string? text, List<string> problems)
    {
        var levels = new LogLevels();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (LevelOf(part[(equals + 1)..].Trim()) is not { } level || equals == 0)
                problems.Add($"LOG_LEVEL has '{part}'; it must be {Words}, or a category with one of these, such as Serving.Providers=Debug.");
            else if (equals < 0)
                levels.Default = level;
            else
                levels._categories[part[..equals].Trim()] = level;
        }

        // The server tells each request too, and content is shown only to who asks for it by name.
        levels._categories.TryAdd("Microsoft.AspNetCore", levels.Default > LogEventLevel.Warning ? levels.Default : LogEventLevel.Warning);
        levels._categories.TryAdd(Content, levels.Default > LogEventLevel.Debug ? levels.Default : LogEventLevel.Debug);
        return levels;
    }

    /// <summary>From which level on a category is logged: as set for it, or for the nearest that it is below.</summary>
    public LogEventLevel Of(string category)
    {
        for (var length = category.Length; length > 0; length = category.LastIndexOf('.', length - 1))
        {
            if (_categories.TryGetValue(category[..length], out var level))
                return level;
        }

        return Default;
    }

    private static LogEventLevel? LevelOf(string word) => word.ToUpperInvariant() switch
    {
        "TRACE" or "VERBOSE" => LogEventLevel.Verbose,
        "DEBUG" => LogEventLevel.Debug,
        "INFORMATION" or "INFO" => LogEventLevel.Information,
        "WARNING" or "WARN" => LogEventLevel.Warning,
        "ERROR" => LogEventLevel.Error,
        "CRITICAL" or "FATAL" => LogEventLevel.Fatal,
        "NONE" or "OFF" => Off,
        _ => null,
    };
}
