using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;

namespace Serving.Host.Telemetry;

/// <summary>
/// Hands what is logged to Serilog, which decides by level and writes. An event carries its line as one value; a value of Serilog's for each of its fields would cost as much again as to
/// write them. Thread-safe.
/// </summary>
internal sealed class LogProvider(Serilog.Core.Logger serilog, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? _scopes;

    private DateTimeOffset Now => time.GetUtcNow();

    public ILogger CreateLogger(string categoryName) =>
        new Category(this, categoryName, serilog.ForContext(Constants.SourceContextPropertyName, categoryName));

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

    private sealed class Category(LogProvider provider, string name, Serilog.ILogger serilog) : ILogger
    {
        // The factory keeps the scopes.
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && serilog.IsEnabled(LevelOf(logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var line = new LogLine(name, eventId.Name, formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], provider._scopes);
            var span = Activity.Current;
            serilog.Write(new LogEvent(
                provider.Now, LevelOf(logLevel), exception, MessageTemplate.Empty, [new LogEventProperty(LogLine.Property, line)], span?.TraceId ?? default, span?.SpanId ?? default));
        }
    }
}
