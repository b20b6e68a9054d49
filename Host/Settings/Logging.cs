using Serilog;
using Serilog.Events;
using Serving.Host.Telemetry;

namespace Serving.Host.Settings;

/// <summary>Logs to the console: lines for a person at a terminal, else one JSON object a line.</summary>
internal static class Logging
{
    public static Serilog.Core.Logger Create(HostSettings settings, Redactor redactor)
    {
        var configuration = new LoggerConfiguration().MinimumLevel.Is(settings.LogLevels.Default);
        foreach (var (category, level) in settings.LogLevels.Categories)
            configuration.MinimumLevel.Override(category, level);
        configuration.Filter.ByExcluding(IsStartFailure);
        return (settings.LogAsText
            ? configuration.WriteTo.Console(new TextLogFormatter(redactor))
            : configuration.WriteTo.Sink(new LogStream(Console.OpenStandardOutput(), new JsonLogFormatter(redactor), TimeProvider.System))).CreateLogger();
    }

    /// <summary>Whether a line tells with a stack trace what the last line on standard error tells in a sentence.</summary>
    private static bool IsStartFailure(LogEvent line) => line is { Exception: not null, MessageTemplate.Text: "Hosting failed to start" };
}
