using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Serving.Runtime.Streaming;

/// <summary>
/// Several streams as one, side by side, in order of arrival. Each source is at most one piece ahead of the reader: while its piece waits to be
/// taken it is not asked for another. The first failure ends all; leaving early cancels all and waits for them.
/// </summary>
internal static class StreamMerge
{
    /// <param name="sources">Makes each source, when it is its turn, under a token that is cancelled when the merge ends.</param>
    /// <param name="limit">How many sources run at once.</param>
    /// <param name="stop">Cancelled when the merge ends.</param>
    public static async IAsyncEnumerable<T> MergeAsync<T>(IReadOnlyList<Func<IAsyncEnumerable<T>>> sources, int limit, CancellationTokenSource stop)
    {
        // Holds a source at most once, so its bound is the number of sources.
        var arrived = Channel.CreateBounded<Source<T>>(new BoundedChannelOptions(sources.Count) { SingleReader = true });
        var started = new List<Source<T>>(sources.Count);
        try
        {
            while (started.Count < Math.Min(limit, sources.Count))
                Start();
            for (var open = sources.Count; open > 0;)
            {
                var source = await arrived.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                if (source.HasPiece())
                {
                    yield return source.Current;
                    source.Advance();
                    continue;
                }

                open--;
                await source.DisposeAsync().ConfigureAwait(false);
                if (started.Count < sources.Count)
                    Start();
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var source in started)
                await source.StopAsync().ConfigureAwait(false);
        }

        void Start()
        {
            var source = new Source<T>(sources[started.Count]().GetAsyncEnumerator(stop.Token), arrived.Writer);
            started.Add(source);
            source.Advance();
        }
    }

    private sealed class Source<T>(IAsyncEnumerator<T> pieces, ChannelWriter<Source<T>> arrived) : IAsyncDisposable
    {
        private Task _move = Task.CompletedTask;
        private ExceptionDispatchInfo? _error;
        private bool _more;
        private bool _disposed;

        public T Current => pieces.Current;

        public void Advance() => _move = MoveAsync();

        public bool HasPiece()
        {
            _error?.Throw();
            return _more;
        }

        public ValueTask DisposeAsync()
        {
            _disposed = true;
            return pieces.DisposeAsync();
        }

        public async ValueTask StopAsync()
        {
            if (_disposed)
                return;
            await _move.ConfigureAwait(false);
            try
            {
                await DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The reader learns what ended the merge, not how the others took it.
            }
        }

        private async Task MoveAsync()
        {
            try
            {
                _more = await pieces.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception error)
            {
                _error = ExceptionDispatchInfo.Capture(error);
            }

            arrived.TryWrite(this);
        }
    }
}
