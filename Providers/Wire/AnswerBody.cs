using System.Buffers;
using System.Runtime.CompilerServices;
using Serving.Providers.Errors;

namespace Serving.Providers.Wire;

/// <summary>The bytes of an answer, of which no more are taken than <see cref="Largest"/>: of a whole one, or of each event of a stream.</summary>
internal sealed class AnswerBody(Stream body, Origin origin)
{
    /// <summary>16 MiB.</summary>
    public const int Largest = 16 * 1024 * 1024;

    private const int MostRounds = 64;

    private long _count;

    /// <summary>Counts anew: an event has come.</summary>
    public void Restart() => _count = 0;

    /// <summary>All of it, in an array that is rented.</summary>
    /// <param name="length">How long it is said to be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ArraySegment<byte>> ReadAllAsync(long? length, CancellationToken cancellationToken)
    {
        if (length > Largest)
            throw ProviderErrors.TooLarge(origin);
        var bytes = ArrayPool<byte>.Shared.Rent(length is > 0 ? (int)length : 4096);
        var count = 0;
        while (await ReadAsync(bytes.AsMemory(count, Math.Min(bytes.Length, Largest + 1) - count), cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            Count(read);
            count += read;
            if (count == length)
                break;
            if (count < bytes.Length)
                continue;
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(bytes.Length * 2, Largest + 1));
            bytes.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }

        return new ArraySegment<byte>(bytes, 0, count);
    }

    /// <summary>
    /// Closes the connection. Disposing alone would wait for the rest of the answer, to use the connection again, and so does a read that is cancelled
    /// before it waits: what has already come is passed over first.
    /// </summary>
    public async ValueTask AbortAsync()
    {
        using var abort = new CancellationTokenSource();
        var bytes = new byte[16 * 1024];
        try
        {
            for (var round = 0; round < MostRounds; round++)
            {
                var pending = body.ReadAsync(bytes, abort.Token);
                if (!pending.IsCompleted)
                    await abort.CancelAsync().ConfigureAwait(false);
                if (await pending.ConfigureAwait(false) == 0)
                    return;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException)
        {
            // It is closed, as it should be.
        }
    }

    /// <summary>Reads on. What comes is to be counted; a method that did both would be one more wait on a token's way.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => body.ReadAsync(buffer, cancellationToken);

    /// <summary>Counts what was read.</summary>
    /// <exception cref="ProviderException">It is more than is taken.</exception>
    public void Count(int read)
    {
        _count += read;
        if (_count > Largest)
            throw ProviderErrors.TooLarge(origin);
    }
}
