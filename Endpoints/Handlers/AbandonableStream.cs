using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Serving.Endpoints.Handlers;

/// <summary>
/// A stream that can be left while it is waited for: when the token is cancelled, the wait ends at once, and a source that has not heeded its token
/// is disposed when it moves at last. Disposing it does not wait for such a source either. One reader; it waits for one move at a time. A move allocates nothing.
/// </summary>
internal sealed class AbandonableStream<T> : IAsyncDisposable, IValueTaskSource<bool>
{
    private const int Idle = 0, Waiting = 1, Left = 2;

    private readonly IAsyncEnumerator<T> _source;
    private readonly CancellationToken _token;
    private readonly CancellationTokenRegistration _registration;
    private readonly Action _moved;
    private ManualResetValueTaskSourceCore<bool> _answer;
    private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _pending;
    private int _state;

    public AbandonableStream(IAsyncEnumerable<T> source, CancellationToken cancellationToken)
    {
        _source = source.GetAsyncEnumerator(cancellationToken);
        _token = cancellationToken;
        _moved = OnMoved;
        // Registered before the source registers anything of its own, so called after it: a source that ends in its callback is not left.
        _registration = cancellationToken.UnsafeRegister(static stream => ((AbandonableStream<T>)stream!).Leave(), this);
    }

    public T Current => _source.Current;

    public ValueTask<bool> MoveNextAsync()
    {
        _token.ThrowIfCancellationRequested();
        var move = _source.MoveNextAsync();
        if (move.IsCompleted)
            return move;
        _answer.Reset();
        _pending = move.ConfigureAwait(false).GetAwaiter();
        Volatile.Write(ref _state, Waiting);
        _pending.UnsafeOnCompleted(_moved);
        if (_token.IsCancellationRequested)
            Leave();
        return new ValueTask<bool>(this, _answer.Version);
    }

    public ValueTask DisposeAsync()
    {
        _registration.Dispose();
        if (Volatile.Read(ref _state) == Left)
            return default;
        var disposing = _source.DisposeAsync();
        if (disposing.IsCompleted || !_token.IsCancellationRequested)
            return disposing;
        _ = disposing.AsTask(); // what takes its time to heed the token is not waited for here either
        return default;
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    private void OnMoved()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Left)
        {
            _ = LetGoAsync();
            return;
        }

        bool more;
        try
        {
            more = _pending.GetResult();
        }
        catch (Exception error)
        {
            _answer.SetException(error);
            return;
        }

        _answer.SetResult(more);
    }

    /// <summary>Not on the thread that cancels: one that ends a thousand streams would carry out what each of them does next.</summary>
    private void Leave()
    {
        if (Interlocked.CompareExchange(ref _state, Left, Waiting) == Waiting)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static stream => stream._answer.SetException(new OperationCanceledException(stream._token)),
                this,
                preferLocal: false);
        }
    }

    private async Task LetGoAsync()
    {
        try
        {
            _pending.GetResult();
        }
        catch (Exception)
        {
            // The answer has been given; nobody is left to tell.
        }

        await _source.DisposeAsync();
    }
}
