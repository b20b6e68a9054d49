using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text;

namespace Serving.LoadTests.Client;

/// <summary>
/// Sends requests to one server and looks at every byte of the answers. Each request in flight has a connection of its own; idle ones are kept for the next.
/// It repeats a request only if the server had closed a kept connection before it answered, as every client does. Safe to use from several threads.
/// </summary>
public sealed class LoadClient : IDisposable
{
    private readonly ConcurrentStack<HttpConnection> _idle = new();
    private readonly ConditionalWeakTable<LoadRequest, byte[]> _bytes = [];
    private readonly LoadClientOptions _options;
    private readonly TimeProvider _time;
    private int _open;

    /// <param name="address">The server's address. A path in it comes before the requests' paths.</param>
    /// <param name="options">How it behaves; null for the defaults.</param>
    public LoadClient(Uri address, LoadClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = address;
        _options = options ?? new LoadClientOptions();
        _time = _options.Time;
    }

    /// <summary>The server's address.</summary>
    public Uri Address { get; }

    /// <summary>Connections that are open now.</summary>
    public int OpenConnections => Volatile.Read(ref _open);

    /// <summary>Sends a request and reads its answer to the end. Failures are results: it throws nothing.</summary>
    /// <param name="request">What to send. Its bytes are kept as long as it is: to send it often, use the same object.</param>
    /// <param name="cancellationToken">Gives up; the result is <see cref="Outcome.Cancelled"/>.</param>
    public async Task<RequestResult> SendAsync(LoadRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var exchange = new Exchange(request, _time);
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        await using var given = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout); // registered with it
        HttpConnection? connection = null;
        try
        {
            (connection, var isNew) = await RentAsync(timeout.Token);
            if (!await TrySendAsync(exchange, connection, isNew, timeout.Token))
            {
                Drop(connection);
                connection = null;
                connection = await ConnectAsync(timeout.Token);
                exchange.WasResent = true;
                await TrySendAsync(exchange, connection, isNew: true, timeout.Token);
            }

            await exchange.ReadAsync(connection, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            exchange.Fail(cancellationToken.IsCancellationRequested ? Outcome.Cancelled : Outcome.TimedOut, exchange.HasHead ? "within an answer" : "before an answer");
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException)
        {
            exchange.Fail(exchange.HasHead ? Outcome.Truncated : Outcome.Transport, error is SocketException socket ? socket.SocketErrorCode.ToString() : error.Message);
        }
        finally
        {
            if (connection is { IsReusable: true } && _options.KeepsConnections)
                _idle.Push(connection);
            else if (connection is not null)
                Drop(connection);
        }

        return exchange.ToResult(connection?.Received ?? 0);
    }

    /// <summary>Closes the connections that are idle.</summary>
    public void Dispose()
    {
        while (_idle.TryPop(out var connection))
            Drop(connection);
    }

    /// <summary>Sends a request, and reads up to the answer's head.</summary>
    /// <returns>False if the connection was a kept one that the server had closed.</returns>
    private async ValueTask<bool> TrySendAsync(Exchange exchange, HttpConnection connection, bool isNew, CancellationToken cancellationToken)
    {
        try
        {
            exchange.IsNewConnection = isNew;
            await connection.SendAsync(Bytes(exchange.Request), cancellationToken);
            exchange.Head = await connection.ReadHeadAsync(cancellationToken);
            return true;
        }
        catch (IOException) when (!isNew && connection.Received == 0)
        {
            return false;
        }
    }

    private async ValueTask<(HttpConnection Connection, bool IsNew)> RentAsync(CancellationToken cancellationToken) =>
        _idle.TryPop(out var connection) ? (connection, false) : (await ConnectAsync(cancellationToken), true);

    private async Task<HttpConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await HttpConnection.ConnectAsync(Address, cancellationToken);
        Interlocked.Increment(ref _open);
        return connection;
    }

    private void Drop(HttpConnection connection)
    {
        connection.Dispose();
        Interlocked.Decrement(ref _open);
    }

    private byte[] Bytes(LoadRequest request)
    {
        if (_bytes.TryGetValue(request, out var bytes))
            return bytes;
        var head = $"POST {Address.AbsolutePath.TrimEnd('/')}{request.Path} HTTP/1.1\r\nHost: {Address.Authority}\r\nContent-Type: application/json\r\n"
            + $"{request.Headers}Content-Length: {request.Body.Length}\r\n\r\n";
        bytes = [.. Encoding.ASCII.GetBytes(head), .. request.Body.Span];
        _bytes.AddOrUpdate(request, bytes);
        return bytes;
    }
}
