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
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);

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
        lock (_lock)
        {
            if (_isClosed)
                return;
            _formatter.Format(logEvent, _writer);
            if (logEvent.Level >= LogEventLevel.Error)
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
