using System.Text;
using Microsoft.Extensions.Logging;

namespace Serving.Faults.Tests.Hosting;

/// <summary>Keeps every line that is logged, exceptions included.</summary>
internal sealed class LogSink : ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _lines = new();

    /// <summary>What was logged since it was taken last.</summary>
    public string Take()
    {
        lock (_lock)
        {
            var lines = _lines.ToString();
            _lines.Clear();
            return lines;
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    private sealed class Logger(LogSink sink) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (sink._lock)
                sink._lines.AppendLine(formatter(state, exception)).Append(exception);
        }
    }
}
