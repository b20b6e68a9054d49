using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Serving.Clients.Tests;

/// <summary>The host as shipped, before a provider that is killed and comes back.</summary>
public sealed class ProvidersTests(NodePackages packages) : IAsyncLifetime
{
    private const string Key = "sk-canary-7c1e";

    private readonly int _port = FreePort();
    private ProviderServer? _server;
    private ProviderServer? _covered;

    public async ValueTask InitializeAsync()
    {
        _server = new ProviderServer(_port, Key, fallbacks: null);
        await _server.InitializeAsync();
        _covered = new ProviderServer(_port, Key, fallbacks: "offline:offline");
        await _covered.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_covered is not null)
            await _covered.DisposeAsync();
    }

    [Fact]
    public async Task JavaScriptClient_ProviderIsKilledAndComesBack_Works()
    {
        await JavaScriptClient.RunAsync(JavaScriptClient.ProvidersFile, packages, _server!, new Dictionary<string, string>
        {
            ["COVERED_URL"] = _covered!.BaseUrl,
            ["CANARY_KEY"] = Key,
            ["SIMULATOR"] = JsonSerializer.Serialize((string[])
            [
                ServerProcess.Dotnet, Repository.Program("loadtests/Simulator", "Serving.Simulator.dll"),
                "--urls", $"http://127.0.0.1:{_port}", "--tokens", "40", "--token-delay-ms", "20", "--key", Key,
            ]),
        });

        var log = _server!.Log + _covered.Log;
        Assert.Contains("openai:sim", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, log, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port; // bound, so it has an address
    }
}
