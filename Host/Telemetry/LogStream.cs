using System.Buffers;
using Serilog.Core;
using Serilog.Events;

namespace Serving.Host.Telemetry;

/// <summary>
/// Writes log lines to a stream. A line that comes by itself and an error are written at once, by whoever logs: to wake a thread for them would cost more. Lines that come close together are written together,
/// 10 ms after the first of them or when there are 32 KiB: a write for each would cost more than all else about it. While the stream takes what it was given, lines are gathered;
/// over 1 MiB whoever logs waits. A stream that nobody reads any more is no error. Thread-safe.
/// </summary>
internal sealed class LogStream : ILogEventSink, IDisposable
{
    private const int Enough = 32 * 1024;
    private const int Most = 1024 * 1024;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(2);

    private readonly object _lock = new();
    private readonly Stream _stream;
    private readonly JsonLogFormatter _formatter;
    private readonly ReadOnlySpanAction<byte, LogEvent> _add;
    private readonly ITimer _timer;
    private ArrayBufferWriter<byte> _gathered = new(Enough);
    private ArrayBufferWriter<byte> _spare = new(Enough);
    private DateTimeOffset _last;
    private bool _isWriting;
    private bool _isTimed;
    private bool _isClosed;

    /// <summary>Makes a sink. It closes the stream when it is disposed.</summary>
    public LogStream(Stream stream, JsonLogFormatter formatter, TimeProvider time)
    {
        _stream = stream;
        _formatter = formatter;
        _add = Add;
        _timer = time.CreateTimer(static sink => ((LogStream)sink!).TimeIsUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // A process that ends without its host's end has lines to tell, too.
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    // Lines are made side by side; only their writing is one after the other.
    public void Emit(LogEvent logEvent) => _formatter.Format(logEvent, _add);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
        }

        _timer.Dispose();
        Write();
        _stream.Dispose();
    }

    private void Add(ReadOnlySpan<byte> line, LogEvent logEvent)
    {
        lock (_lock)
        {
            while (_isWriting && _gathered.WrittenCount >= Most)
                Monitor.Wait(_lock);
            if (_isClosed)
                return;
            _gathered.Write(line);
            var isAlone = logEvent.Timestamp - _last >= Apart && _gathered.WrittenCount == line.Length;
            _last = logEvent.Timestamp;
            if (logEvent.Level < LogEventLevel.Error && (_isWriting || !(isAlone || _gathered.WrittenCount >= Enough)))
            {
                WriteLater();
                return;
            }
        }

        Write();
    }

    private void WriteLater()
    {
        // Whoever writes sees to what has come since.
        if (_isTimed || _isWriting)
            return;
        _isTimed = true;
        _timer.Change(Linger, Timeout.InfiniteTimeSpan);
    }

    private void TimeIsUp()
    {
        lock (_lock)
        {
            _isTimed = false;
            if (_isWriting || _isClosed)
                return;
        }

        Write();
    }

    /// <summary>Writes what was gathered, after what is being written.</summary>
    private void Write()
    {
        ArrayBufferWriter<byte> lines;
        lock (_lock)
        {
            while (_isWriting)
                Monitor.Wait(_lock);
            lines = _gathered;
            if (lines.WrittenCount == 0)
                return;
            _isWriting = true;
            _gathered = _spare;
        }

        try
        {
            _stream.Write(lines.WrittenSpan);
        }
        catch (IOException)
        {
            // Nobody reads, which is no reason to end.
        }
        finally
        {
            lines.ResetWrittenCount();
            lock (_lock)
            {
                _spare = lines;
                _isWriting = false;
                if (_gathered.WrittenCount > 0 && !_isClosed)
                    WriteLater();
                Monitor.PulseAll(_lock);
            }
        }
    }

    private void OnExit(object? sender, EventArgs arguments) => Dispose();
}
