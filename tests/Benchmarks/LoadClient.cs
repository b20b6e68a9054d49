using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serving.Benchmarks;

/// <summary>A closed loop of one request after the other on each of many connections, over plain sockets so that the client costs little.</summary>
internal static class LoadClient
{
    /// <summary>Runs for a time and tells how many answers came. An answer other than 200 ends the run with an error.</summary>
    /// <param name="address">Where the server is.</param>
    /// <param name="path">What is asked.</param>
    /// <param name="body">The request's.</param>
    /// <param name="connections">How many ask at once.</param>
    /// <param name="duration">How long; what has begun then is awaited.</param>
    /// <param name="spread">The time over which the connections begin, so that paced answers do not march in step.</param>
    public static async Task<long> RunAsync(Uri address, string path, string body, int connections, TimeSpan duration, TimeSpan spread = default)
    {
        var request = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        using var stop = new CancellationTokenSource(duration);
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(i => Task.Run(() => LoopAsync(address, request, spread * i / connections, stop.Token))));
        return counts.Sum();
    }

    private static async Task<long> LoopAsync(Uri address, byte[] request, TimeSpan after, CancellationToken stop)
    {
        await Task.Delay(after, TimeProvider.System, CancellationToken.None);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        var buffer = new byte[16 * 1024];
        long answers = 0;
        while (!stop.IsCancellationRequested)
        {
            await socket.SendAsync(request);
            await ReceiveAsync(socket, buffer);
            answers++;
        }

        return answers;
    }

    /// <summary>Reads one answer: to its length, or to the last chunk.</summary>
    private static async Task ReceiveAsync(Socket socket, byte[] buffer)
    {
        var received = 0;
        int head;
        do
            received += await ReadAsync(socket, buffer.AsMemory(received));
        while ((head = buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8)) < 0);
        if (!buffer.AsSpan().StartsWith("HTTP/1.1 200"u8))
            throw new IOException(Encoding.UTF8.GetString(buffer.AsSpan(0, received)));
        var length = buffer.AsSpan(0, head).IndexOf("Content-Length: "u8);
        if (length >= 0)
        {
            Utf8Parser.TryParse(buffer.AsSpan(length + 16), out int bytes, out _);
            for (var left = head + 4 + bytes - received; left > 0;)
                left -= await ReadAsync(socket, buffer);
            return;
        }

        // Of a chunked answer only the end matters; its last bytes may come in parts.
        while (!buffer.AsSpan(0, received).EndsWith("0\r\n\r\n"u8))
        {
            var kept = Math.Min(received, 5);
            buffer.AsSpan(received - kept, kept).CopyTo(buffer);
            received = kept + await ReadAsync(socket, buffer.AsMemory(kept));
        }
    }

    private static async ValueTask<int> ReadAsync(Socket socket, Memory<byte> buffer)
    {
        var read = await socket.ReceiveAsync(buffer);
        return read > 0 ? read : throw new IOException("The server closed the connection.");
    }
}
