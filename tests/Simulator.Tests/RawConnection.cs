using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Serving.Simulator.Tests;

/// <summary>A connection without a client library in between. It asks once, and has the server close behind the answer.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly MemoryStream _received = new();

    private RawConnection()
    {
    }

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Asks on a wire, and returns without waiting for an answer.</summary>
    public static Task<RawConnection> AskAsync(SimulatorHost simulator, string wire, string model, bool stream, bool tools = false) =>
        SendAsync(simulator, TestWire.PathOf(wire, model), TestWire.Body(wire, model, stream, tools));

    public static async Task<RawConnection> SendAsync(SimulatorHost simulator, string path, JsonNode body, string? key = "secret")
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(simulator.BaseAddress.Host, simulator.BaseAddress.Port, CancellationToken);
        var json = body.ToJsonString();
        var keys = key is null ? "" : $"Authorization: Bearer {key}\r\nx-api-key: {key}\r\napi-key: {key}\r\n";
        var request = $"POST {path} HTTP/1.1\r\nHost: simulator\r\nConnection: close\r\n{keys}anthropic-version: 2023-06-01\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}";
        await connection._socket.SendAsync(Encoding.UTF8.GetBytes(request), CancellationToken);
        return connection;
    }

    /// <summary>The whole answer to one question.</summary>
    public static async Task<RawAnswer> AnswerAsync(SimulatorHost simulator, string wire, string model, bool stream, bool tools = false)
    {
        using var connection = await AskAsync(simulator, wire, model, stream, tools);
        return await connection.ReadToEndAsync();
    }

    public static async Task<RawAnswer> AnswerAsync(SimulatorHost simulator, string path, JsonNode body, string? key = "secret")
    {
        using var connection = await SendAsync(simulator, path, body, key);
        return await connection.ReadToEndAsync();
    }

    /// <summary>Reads until the connection ends, one way or the other.</summary>
    public async Task<RawAnswer> ReadToEndAsync()
    {
        try
        {
            while (await ReadAsync() > 0)
            {
            }

            return new(_received.ToArray(), IsReset: false);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            return new(_received.ToArray(), IsReset: true);
        }
    }

    /// <summary>Reads until what has come fulfils a condition.</summary>
    public async Task<RawAnswer> ReadUntilAsync(Func<RawAnswer, bool> condition)
    {
        while (true)
        {
            Assert.NotEqual(0, await ReadAsync());
            var answer = new RawAnswer(_received.ToArray(), IsReset: false);
            if (condition(answer))
                return answer;
        }
    }

    /// <summary>Bytes that have come and were not read.</summary>
    public int Unread => _socket.Available;

    public void Dispose() => _socket.Dispose();

    private async Task<int> ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var length = await _socket.ReceiveAsync(buffer, CancellationToken).AsTask().WaitAsync(Patience, CancellationToken);
        _received.Write(buffer, 0, length);
        return length;
    }
}
