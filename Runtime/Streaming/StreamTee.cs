using System.Runtime.ExceptionServices;

namespace Serving.Runtime.Streaming;

/// <summary>
/// One stream for several readers, each at its own pace. A piece is read from the source when the fastest reader asks for it and kept until the
/// slowest has had it. Dispose the readers first.
/// </summary>
internal sealed class StreamTee<T>(IAsyncEnumerable<T> source, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<T> _source = source.GetAsyncEnumerator(cancellationToken);
    private readonly SemaphoreSlim _turn = new(1);
    private Node? _start = new();

    /// <summary>The readers, once. What nobody can read any more is not kept.</summary>
    public IAsyncEnumerable<T>[] Open(int count)
    {
        var start = _start ?? throw new InvalidOperationException("A tee is opened once.");
        _start = null;
        return [.. Enumerable.Range(0, count).Select(_ => new Reader(this, start))];
    }

    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return _source.DisposeAsync();
    }

    private async ValueTask<Node> PullAsync(Node last)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return last.Next ??= await ReadAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<Node> ReadAsync()
    {
        try
        {
            return await _source.MoveNextAsync().ConfigureAwait(false) ? new Node { Value = _source.Current } : new Node { IsEnd = true };
        }
        catch (Exception error)
        {
            // Every reader learns of it at its own pace.
            return new Node { Error = ExceptionDispatchInfo.Capture(error) };
        }
    }

    private sealed class Node
    {
        private volatile Node? _next;

        public T Value { get; init; } = default!;

        public bool IsEnd { get; init; }

        public ExceptionDispatchInfo? Error { get; init; }

        public Node? Next
        {
            get => _next;
            set => _next = value;
        }
    }

    private sealed class Reader(StreamTee<T> tee, Node start) : IAsyncEnumerable<T>, IAsyncEnumerator<T>
    {
        private Node? _node = start;

        public T Current => _node is null ? default! : _node.Value;

        public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public async ValueTask<bool> MoveNextAsync()
        {
            if (_node is null)
                return false;
            var next = _node.Next ?? await tee.PullAsync(_node).ConfigureAwait(false);
            next.Error?.Throw();
            if (next.IsEnd)
                return false;
            _node = next;
            return true;
        }

        public ValueTask DisposeAsync()
        {
            _node = null;
            return default;
        }
    }
}
