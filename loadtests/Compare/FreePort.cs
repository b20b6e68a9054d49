using System.Net;
using System.Net.Sockets;
using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Compare;

/// <summary>Ports for programs that cannot take a free one by themselves.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody has now.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until a program listens on its port.</summary>
    /// <exception cref="InvalidOperationException">It ended, or the time did; the message has its last output.</exception>
    public static async Task ListensAsync(ChildProcess process, int port, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < patience && !process.HasExited; waited += TimeSpan.FromMilliseconds(50))
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }

        throw new InvalidOperationException($"{process.Name} does not listen on port {port}. Its last output:\n{process.Tail}");
    }
}
