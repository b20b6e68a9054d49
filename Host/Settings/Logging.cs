using Serilog;
using Serilog.Formatting;
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
        ITextFormatter formatter = settings.LogAsText ? new TextLogFormatter(redactor) : new JsonLogFormatter(redactor);
        return configuration.WriteTo.Console(formatter).CreateLogger();
    }
}
