using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace Serving.Host.Telemetry;

/// <summary>Hands what is logged to Serilog, from the levels on that are set. Thread-safe.</summary>
internal sealed class LogProvider(Serilog.Core.Logger serilog, LogLevels levels, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? _scopes;

    private Serilog.Core.Logger Serilog => serilog;

    private DateTimeOffset Now => time.GetUtcNow();

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName, levels.Of(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => serilog.Dispose();

    private static LogEventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };

    private sealed class Category(LogProvider provider, string name, LogEventLevel least) : ILogger
    {
        // The factory keeps the scopes.
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && LevelOf(logLevel) >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            provider.Serilog.Write(new LogLine(
                provider.Now,
                LevelOf(logLevel),
                exception,
                formatter(state, exception),
                state as IReadOnlyList<KeyValuePair<string, object?>> ?? [],
                provider._scopes,
                Activity.Current)
            {
                Category = name,
                Event = eventId.Name,
            });
        }
    }
}
