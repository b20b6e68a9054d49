using System.Net;
using System.Net.Sockets;

namespace Serving.Rollouts.Tests.Running;

/// <summary>
/// Ports that stay free while nobody listens on them. A host that is down must find its port again, and the system gives those from 32768 on to whoever connects.
/// </summary>
internal static class Ports
{
    // Test processes at the same time begin at different places.
    private static int _last = 10_000 + (Environment.ProcessId % 2_000 * 10);

    public static int Take()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _last);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
