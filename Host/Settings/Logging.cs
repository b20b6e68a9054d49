using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace Serving.Host.Settings;

/// <summary>Logs to the console: lines for a person at a terminal, else one JSON object a line.</summary>
internal static class Logging
{
    public static Serilog.Core.Logger Create(HostSettings settings)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(settings.LogLevel)
            .MinimumLevel.Override("Microsoft.AspNetCore", Higher(settings.LogLevel, LogEventLevel.Warning))
            .Enrich.FromLogContext();
        configuration = settings.LogAsText
            ? configuration.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u5} {Message:lj}{NewLine}{Exception}",
                formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            : configuration.WriteTo.Console(new JsonFormatter(renderMessage: true));
        return configuration.CreateLogger();
    }

    private static LogEventLevel Higher(LogEventLevel a, LogEventLevel b) => a > b ? a : b;
}
