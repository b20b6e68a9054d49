using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Errors;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Handlers;

/// <summary>One token for everything that ends a request: the client leaving, the deadline, the host going down. And the answer to which of them it was.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _aborted;
    private readonly CancellationTokenRegistration _drained;
    private readonly CancellationToken _client;
    private readonly CancellationToken _drain;
    private readonly TimeProvider _time;
    private readonly long _started;
    private TimeSpan _limit;
    private string _setting;
    private bool _clientLeft;
    private bool _isOver;
    private bool? _wasCancelled;

    public RequestDeadline(HttpContext http, AdmissionGate gate, TimeProvider time, TimeSpan limit, string setting)
    {
        _time = time;
        _started = time.GetTimestamp();
        _limit = limit;
        _setting = setting;
        _source = CancellationSources.Rent(limit, time);
        _client = http.RequestAborted;
        _drain = gate.Drained;
        _aborted = _client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _drained = _drain.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>How long the request may still take.</summary>
    public TimeSpan? TimeLeft() => _limit - _time.GetElapsedTime(_started);

    /// <summary>Puts another limit in force, counted from the start as the first was.</summary>
    public void Extend(TimeSpan limit, string setting)
    {
        _limit = limit;
        _setting = setting;
        var remaining = limit - _time.GetElapsedTime(_started);
        _source.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
    }

    /// <summary>Whether the client is gone, so that no answer can reach it.</summary>
    public bool ClientLeft => _clientLeft || _client.IsCancellationRequested;

    /// <summary>Says that the client is gone where a write found out before the token did.</summary>
    public void ClientHasLeft() => _clientLeft = true;

    /// <summary>Cancels the token because nobody waits for the run any more. What ended the request stays what it was.</summary>
    public void EndRun()
    {
        _wasCancelled ??= _source.IsCancellationRequested;
        _source.Cancel();
    }

    /// <summary>Says that all went well, so that nothing of the run is left that holds the token.</summary>
    public void Complete() => _isOver = true;

    /// <summary>What to tell the client of an exception that ended the run.</summary>
    public ErrorAnswer Classify(Exception error)
    {
        // A cancelled step may fail in any way; only what it says to the client on purpose goes before the reason it was cancelled.
        if (error is ServingException || !(_wasCancelled ?? _source.IsCancellationRequested))
            return ErrorTable.Of(error);
        return _drain.IsCancellationRequested ? ErrorTable.ShuttingDown : ErrorTable.TimedOut(_limit, _setting);
    }

    public void Dispose()
    {
        _aborted.Dispose();
        _drained.Dispose();
        if (_isOver)
            CancellationSources.Return(_source);
        else
            _source.Dispose();
    }
}
