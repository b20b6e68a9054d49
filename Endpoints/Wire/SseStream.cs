using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Options;

namespace Serving.Endpoints.Wire;

/// <summary>
/// A stream of server-sent events: each event is one write at most, silence is filled with comments, and a client that does not read is cut off.
/// One producer at a time; the heartbeat steps aside while it writes.
/// </summary>
internal sealed class SseStream : IAsyncDisposable
{
    private readonly HttpContext _http;
    private readonly ServingLimits _limits;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly PipeWriter _body;
    private ITimer? _timer;
    private Task _heartbeat = Task.CompletedTask;
    private long _lastWrite;
    private bool _writing;
    private bool _beating;
    private bool _ended;

    public SseStream(HttpContext http, ServingLimits limits, TimeProvider time)
    {
        _http = http;
        _limits = limits;
        _time = time;
        _body = http.Response.BodyWriter;
        _lastWrite = time.GetTimestamp();
    }

    /// <summary>Whether the status and headers have been sent.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>Whether a write found the client gone.</summary>
    public bool ReaderLeft { get; private set; }

    /// <summary>Events of data sent so far.</summary>
    public int Chunks { get; private set; }

    /// <summary>Begins to watch the time: after the commit delay the response is committed, and then kept alive.</summary>
    public void StartClock()
    {
        _timer = _time.CreateTimer(static stream => ((SseStream)stream!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        TickIn(Min(_limits.StreamCommitAfter, _limits.StreamHeartbeat));
    }

    /// <summary>Sends one event with data.</summary>
    /// <param name="name">The event's.</param>
    /// <param name="state">What <paramref name="write"/> needs.</param>
    /// <param name="write">Writes the data.</param>
    /// <param name="isHeld">Whether the event waits for the next one, which follows at once, and leaves in the same write.</param>
    public ValueTask SendAsync<TState>(ReadOnlySpan<byte> name, TState state, Action<Utf8JsonWriter, TState> write, bool isHeld = false)
    {
        var waiting = Acquire();
        if (!waiting.IsCompleted)
            return SendAfterAsync(waiting, name.ToArray(), state, write);
        Write(name, state, write);
        return isHeld ? default : FlushAsync();
    }

    /// <summary>Sends an event without data.</summary>
    public async ValueTask SendAsync(byte[] name)
    {
        await Acquire();
        Commit();
        _body.Write("event: "u8);
        _body.Write(name);
        _body.Write("\r\n\r\n"u8);
        await FlushAsync();
    }

    /// <summary>Ends with an error event. The body still ends cleanly.</summary>
    public ValueTask SendErrorAsync(ErrorAnswer error, Guid runId) => SendAsync("error"u8, (error, runId), static (writer, state) =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("status_code"u8, state.error.StatusCode);
        writer.WriteString("message"u8, state.error.Message);
        writer.WriteString("run_id"u8, state.runId);
        writer.WriteEndObject();
    });

    /// <summary>Keeps heartbeats from starting and waits for one under way: from then on only the producer decides about the commit.</summary>
    public Task HoldAsync() => Acquire();

    public async ValueTask DisposeAsync()
    {
        Task heartbeat;
        lock (_gate)
        {
            _ended = true;
            heartbeat = _heartbeat;
        }

        _timer?.Dispose();
        await heartbeat;
    }

    private async ValueTask SendAfterAsync<TState>(Task waiting, byte[] name, TState state, Action<Utf8JsonWriter, TState> write)
    {
        await waiting;
        Write(name, state, write);
        await FlushAsync();
    }

    private void Write<TState>(ReadOnlySpan<byte> name, TState state, Action<Utf8JsonWriter, TState> write)
    {
        // Whole before its first byte leaves: a value that cannot be written must not leave half an event behind. And in one piece: the server locks for each.
        var (json, buffer) = JsonWriterCache.Rent();
        try
        {
            buffer.Write("event: "u8);
            buffer.Write(name);
            buffer.Write("\r\ndata: "u8);
            write(json, state);
            json.Flush();
            buffer.Write("\r\n\r\n"u8);
            Commit();
            _body.Write(buffer.Written.Span);
            if (name.SequenceEqual("data"u8))
                Chunks++;
        }
        finally
        {
            JsonWriterCache.Return(json, buffer);
        }
    }

    /// <summary>Takes the right to write; waits only for a heartbeat that is under way.</summary>
    private Task Acquire()
    {
        lock (_gate)
        {
            _writing = true;
            _lastWrite = _time.GetTimestamp();
            return _heartbeat;
        }
    }

    private ValueTask FlushAsync()
    {
        var flush = _body.FlushAsync(_http.RequestAborted);
        if (!flush.IsCompletedSuccessfully)
            return AwaitFlushAsync(flush);
        Release(flush.Result);
        return default;
    }

    private async ValueTask AwaitFlushAsync(ValueTask<FlushResult> flush) => Release(await flush);

    private void Release(FlushResult result)
    {
        lock (_gate)
        {
            _writing = false;
            _lastWrite = _time.GetTimestamp();
        }

        // The client is gone: nothing is left to do here, and the token tells the chain.
        if (result.IsCompleted || result.IsCanceled)
        {
            ReaderLeft = true;
            throw new OperationCanceledException(_http.RequestAborted);
        }
    }

    private void Commit()
    {
        if (IsCommitted)
            return;
        IsCommitted = true;
        var response = _http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        response.Headers.ContentEncoding = "identity";
        _http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private void OnTick()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            var silent = _time.GetElapsedTime(_lastWrite);
            if (_writing || _beating)
            {
                if (silent >= _limits.WriteTimeout)
                    _http.Abort();
                else
                    TickIn(_limits.WriteTimeout - silent);
                return;
            }

            var due = IsCommitted ? _limits.StreamHeartbeat : _limits.StreamCommitAfter;
            if (silent < due)
            {
                TickIn(due - silent);
                return;
            }

            _beating = true;
            _heartbeat = BeatAsync();
            TickIn(_limits.WriteTimeout);
        }
    }

    private async Task BeatAsync()
    {
        await Task.Yield(); // leave the lock before writing
        try
        {
            Commit();
            _body.Write(": ping\r\n\r\n"u8);
            await _body.FlushAsync(_http.RequestAborted);
        }
        catch (Exception error) when (error is OperationCanceledException or InvalidOperationException or IOException)
        {
            // The client is gone; whoever writes next finds out.
            return;
        }

        lock (_gate)
        {
            _beating = false;
            _lastWrite = _time.GetTimestamp();
            if (!_ended)
                TickIn(_limits.StreamHeartbeat);
        }
    }

    /// <summary>No later than a write that begins now would be overdue.</summary>
    private void TickIn(TimeSpan due) => _timer?.Change(Min(due, _limits.WriteTimeout), Timeout.InfiniteTimeSpan);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
