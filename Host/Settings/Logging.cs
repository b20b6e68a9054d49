using Serilog;
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
        return (settings.LogAsText
            ? configuration.WriteTo.Console(new TextLogFormatter(redactor))
            : configuration.WriteTo.Sink(new LogStream(Console.OpenStandardOutput(), new JsonLogFormatter(redactor), TimeProvider.System))).CreateLogger();
    }
}
