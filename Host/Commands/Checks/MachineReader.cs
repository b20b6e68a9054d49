using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serving.Host.Commands.Checks;

/// <summary>Asks the machine. What it does not tell counts as no limit.</summary>
internal static class MachineReader
{
    private const string OpenFiles = "Max open files";

    public static Machine Read(TimeProvider time, IConfiguration environment) => new()
    {
        Now = time.GetUtcNow(),
        Memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Files = FilesAllowed(),
        IsInCluster = !string.IsNullOrEmpty(environment["KUBERNETES_SERVICE_HOST"]),
        Certificates = CertificateCount(),
        Listen = Listen,
        IsOpenToAll = IsOpenToAll,
    };

    /// <summary>Listens for a moment, in the way the server does.</summary>
    public static PortState Listen(IPEndPoint address)
    {
        if (address.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6)
            address = new IPEndPoint(IPAddress.Any, address.Port);
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(address);
            socket.Listen();
            return PortState.Free;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => PortState.Taken,
                SocketError.AccessDenied => PortState.Denied,
                _ => PortState.Elsewhere,
            };
        }
    }

    private static long FilesAllowed()
    {
        if (!File.Exists("/proc/self/limits"))
            return long.MaxValue;
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(OpenFiles, StringComparison.Ordinal));
        var words = line?[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var soft, ..] && long.TryParse(soft, CultureInfo.InvariantCulture, out var files) ? files : long.MaxValue;
    }

    private static int CertificateCount()
    {
        try
        {
            using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
            return store.Certificates.Count;
        }
        catch (CryptographicException)
        {
            return 0;
        }
    }

    /// <summary>The mode of what a link leads to, not of the link.</summary>
    private static bool? IsOpenToAll(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;
        try
        {
            using var file = File.OpenHandle(path);
            return File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
