using Serilog;
using Serilog.Events;
using Serving.Host.Telemetry;

namespace Serving.Host.Settings;

/// <summary>Logs to the console: lines for a person at a terminal, else one JSON object a line.</summary>
internal static class Logging
{
    /// <summary>Logs as set, and by nothing else.</summary>
    public static void AddLog(this ILoggingBuilder logging, HostSettings settings, Redactor redactor)
    {
        logging.ClearProviders();
        // The provider decides by level, and lines have the ids of their span without a scope that tells them.
        logging.AddFilter<LogProvider>(null, LogLevel.Trace).Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None);
        logging.Services.AddSingleton<IExternalScopeProvider, LogScopes>();
        logging.Services.AddSingleton<ILoggerProvider>(_ => new LogProvider(Create(settings.LogAsText, redactor), settings.LogLevels, TimeProvider.System));
    }

    private static Serilog.Core.Logger Create(bool asText, Redactor redactor)
    {
        var configuration = new LoggerConfiguration().MinimumLevel.Verbose().Filter.ByExcluding(IsStartFailure);
        return (asText
            ? configuration.WriteTo.Console(new TextLogFormatter(redactor))
            : configuration.WriteTo.Sink(new LogStream(Console.OpenStandardOutput(), new JsonLogFormatter(redactor), TimeProvider.System))).CreateLogger();
    }

    /// <summary>Whether a line tells with a stack trace what the last line on standard error tells in a sentence.</summary>
    private static bool IsStartFailure(LogEvent line) => line is LogLine { Exception: not null, Message: "Hosting failed to start" };
}
