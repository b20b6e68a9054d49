using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Errors;

namespace Serving.Endpoints.Handlers;

/// <summary>One token for everything that ends a request: the client leaving, the deadline, the host going down. And the answer to which of them it was.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _aborted;
    private readonly CancellationTokenRegistration _drained;
    private readonly CancellationToken _client;
    private readonly CancellationToken _drain;
    private TimeSpan _limit;
    private string _setting;

    public RequestDeadline(HttpContext http, AdmissionGate gate, TimeProvider time, TimeSpan limit, string setting)
    {
        _limit = limit;
        _setting = setting;
        _source = new CancellationTokenSource(limit, time);
        _client = http.RequestAborted;
        _drain = gate.Drained;
        _aborted = _client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _drained = _drain.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Puts another limit in force from now on.</summary>
    public void Extend(TimeSpan remaining, TimeSpan limit, string setting)
    {
        _limit = limit;
        _setting = setting;
        _source.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
    }

    /// <summary>Whether the client is gone, so that no answer can reach it.</summary>
    public bool ClientLeft => _client.IsCancellationRequested;

    /// <summary>What to tell the client of an exception that ended the run.</summary>
    public ErrorAnswer Classify(Exception error)
    {
        if (error is not OperationCanceledException || !_source.IsCancellationRequested)
            return ErrorTable.Of(error);
        return _drain.IsCancellationRequested ? ErrorTable.ShuttingDown : ErrorTable.TimedOut(_limit, _setting);
    }

    public void Dispose()
    {
        _aborted.Dispose();
        _drained.Dispose();
        _source.Dispose();
    }
}
