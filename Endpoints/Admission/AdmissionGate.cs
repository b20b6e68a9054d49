using Microsoft.Extensions.Options;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Options;

namespace Serving.Endpoints.Admission;

/// <summary>Counts the requests in flight, refuses what is over the limit, and knows whether the host is going down. Thread-safe.</summary>
public sealed class AdmissionGate : IDisposable
{
    private readonly int _limit;
    private readonly CancellationTokenSource _drained = new();
    private int _inFlight;

    /// <summary>Makes a gate of the host's limits.</summary>
    public AdmissionGate(IOptions<ServingLimits> limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limit = limits.Value.MaxConcurrentRequests;
    }

    /// <summary>Requests to chains being answered now; a stream counts until it ends.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The most that may be in flight.</summary>
    public int Limit => _limit;

    /// <summary>Cancelled when the time to drain is over: what still runs must end.</summary>
    public CancellationToken Drained => _drained.Token;

    internal ErrorAnswer Refusal => _drained.IsCancellationRequested ? ErrorTable.ShuttingDown : ErrorTable.Overloaded(_limit);

    /// <summary>Takes a place; false if there is none.</summary>
    internal bool TryEnter()
    {
        if (_drained.IsCancellationRequested)
            return false;
        if (Interlocked.Increment(ref _inFlight) <= _limit)
            return true;
        Exit();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    internal void Exit() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Ends what still runs and lets nothing in any more.</summary>
    internal void EndAll() => _drained.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _drained.Dispose();
}
