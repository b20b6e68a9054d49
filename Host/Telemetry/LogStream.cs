using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace Serving.Host.Telemetry;

/// <summary>
/// Writes log lines to a stream, those of 10 ms with one write: a write a line would cost more than all else about it. Errors are written at once, and so is a
/// full buffer; then whoever logs waits for the reader. A stream that nobody reads any more is no error. Thread-safe.
/// </summary>
internal sealed class LogStream : ILogEventSink, IDisposable
{
    private const int BufferSize = 32 * 1024;
    private const int LongLine = 2 * 1024;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);

    [ThreadStatic]
    private static StringWriter? _line;

    private readonly Lock _lock = new();
    private readonly ITextFormatter _formatter;
    private readonly StreamWriter _writer;
    private readonly ITimer _timer;
    private bool _isWaiting;
    private bool _isClosed;

    /// <summary>Makes a sink. It closes the stream when it is disposed.</summary>
    public LogStream(Stream stream, ITextFormatter formatter, TimeProvider time)
    {
        _formatter = formatter;
        _writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize);
        _timer = time.CreateTimer(static sink => ((LogStream)sink!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // A process that ends without its host's end has lines to tell, too.
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public void Emit(LogEvent logEvent)
    {
        // Lines are made side by side; only their writing is one after the other. A value that logs while it is written gets a line of its own.
        var line = _line ?? new StringWriter(new StringBuilder(LongLine), CultureInfo.InvariantCulture);
        _line = null;
        _formatter.Format(logEvent, line);
        Write(line.GetStringBuilder(), logEvent.Level);
        if (line.GetStringBuilder().Length > LongLine)
            return;
        line.GetStringBuilder().Clear();
        _line = line;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            _timer.Dispose();
            try
            {
                _writer.Dispose();
            }
            catch (IOException)
            {
                // Nobody reads.
            }
        }
    }

    private void Write(StringBuilder line, LogEventLevel level)
    {
        lock (_lock)
        {
            if (_isClosed)
                return;
            _writer.Write(line);
            if (level >= LogEventLevel.Error)
            {
                _writer.Flush();
            }
            else if (!_isWaiting)
            {
                _isWaiting = true;
                _timer.Change(Linger, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void OnExit(object? sender, EventArgs arguments) => Dispose();

    private void Flush()
    {
        lock (_lock)
        {
            _isWaiting = false;
            try
            {
                if (!_isClosed)
                    _writer.Flush();
            }
            catch (IOException)
            {
                // Nobody reads, which is no reason to end.
            }
        }
    }
}
