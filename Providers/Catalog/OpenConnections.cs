using System.Net.Http;
using System.Net.Sockets;

namespace Serving.Providers.Catalog;

/// <summary>
/// Opens the connections of one provider and counts those that are open. What the runtime measures of its connections would be told at the beginning and at the end of each call,
/// which costs more than all else that is measured of it. Thread-safe.
/// </summary>
internal sealed class OpenConnections
{
    private int _count;

    /// <summary>How many are open, in use or not.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Opens one as the runtime would by itself.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new Connection(socket, this);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class Connection : NetworkStream
    {
        private OpenConnections? _open;

        public Connection(Socket socket, OpenConnections open)
            : base(socket, ownsSocket: true)
        {
            _open = open;
            Interlocked.Increment(ref open._count);
        }

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _open, null) is { } open)
                Interlocked.Decrement(ref open._count);
            base.Dispose(disposing);
        }
    }
}
