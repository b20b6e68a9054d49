using System.Net;
using System.Net.Sockets;
using System.Text;
using Serving.Host.Settings;

namespace Serving.Host.Commands;

/// <summary>
/// Asks the host on this machine how it is, for probes of containers. It runs every few seconds beside the host, so it builds no host and no HTTP client: a socket and a
/// status line do.
/// </summary>
internal static class HealthCommand
{
    private const int StatusLength = 12; // HTTP/1.1 200
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static int Run(IReadOnlyList<string> args, TextWriter errors)
    {
        var arguments = Arguments.Read(args, "--ready");
        if (arguments.Problem is not null)
        {
            errors.WriteLine(arguments.Problem);
            return CommandLine.Misused;
        }

        var trouble = Ask(Configuration(arguments.Settings), arguments.Has("--ready") ? "/ready" : "/health", Patience);
        if (trouble is null)
            return 0;
        errors.WriteLine(trouble);
        return 1;
    }

    /// <summary>Asks for a path.</summary>
    /// <returns>What is wrong and what to do; null if the answer was 200.</returns>
    public static string? Ask(IConfiguration configuration, string path, TimeSpan patience)
    {
        if (Address(configuration, out var trouble) is not { } address)
            return trouble;
        var url = $"http://{address}{path}";
        try
        {
            return Status(address, path, patience) switch
            {
                "200" => null,
                "503" when path == "/ready" => $"{url} says 503: the host starts, or goes down. Ask it with curl for more.",
                "404" => $"{url} says 404. Set ENABLE_HEALTH_CHECKS to true, or PORT to the host's own port.",
                { } status => $"{url} says {status} instead of 200. Look into the log of the host.",
                null => $"What listens on {address} does not speak HTTP. Set PORT to the host's own port.",
            };
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return $"{url} gave no answer within {patience.TotalSeconds} s. Restart the host if that lasts.";
        }
        catch (SocketException)
        {
            return $"Nothing answers on {address}. Start the host, or set PORT and BIND_ADDRESS to where it listens.";
        }
    }

    /// <summary>The same sources as the host's, without what a host is made of.</summary>
    private static IConfigurationRoot Configuration(string[] settings)
    {
        var sources = new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_");
        if (File.Exists("appsettings.json")) // what reads it takes a while to load
            sources.AddJsonFile(Path.GetFullPath("appsettings.json"));
        return sources.AddEnvironmentVariables().AddCommandLine(settings).Build();
    }

    /// <summary>Where the host listens without TLS.</summary>
    private static IPEndPoint? Address(IConfiguration configuration, out string? trouble)
    {
        trouble = null;
        foreach (var url in (HostSettings.Read(configuration).Urls ?? configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
                continue;
            var bound = BindingAddress.Parse(url);
            if (bound.IsUnixPipe)
                continue;
            if (bound.Port == 0)
            {
                trouble = "PORT is 0, so nobody knows where the host listens. Set it to the port that the host's log tells.";
                return null;
            }

            var isAddress = IPAddress.TryParse(bound.Host.Trim('[', ']'), out var address);
            return new IPEndPoint(isAddress && !address!.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address : IPAddress.Loopback, bound.Port); // parsed
        }

        trouble = "The host listens on no address of http that could be asked. Add one to --urls or ASPNETCORE_URLS, such as http://localhost:8080.";
        return null;
    }

    /// <summary>The three digits of the answer's status; null if it is no HTTP.</summary>
    private static string? Status(IPEndPoint address, string path, TimeSpan patience)
    {
        var begin = TimeProvider.System.GetTimestamp();
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SendTimeout = (int)patience.TotalMilliseconds; // that of connecting, too
        socket.Connect(address);
        socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"));
        var start = new byte[StatusLength];
        for (var length = 0; length < StatusLength;)
        {
            var left = patience - TimeProvider.System.GetElapsedTime(begin);
            socket.ReceiveTimeout = left > TimeSpan.FromMilliseconds(1) ? (int)left.TotalMilliseconds : throw new SocketException((int)SocketError.TimedOut);
            var count = socket.Receive(start.AsSpan(length));
            if (count == 0)
                return null;
            length += count;
        }

        return start.AsSpan().StartsWith("HTTP/1."u8) ? Encoding.ASCII.GetString(start.AsSpan(9)) : null;
    }
}
