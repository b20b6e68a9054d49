using Serving.LoadTests.Client;
using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Compare;

/// <summary>Starts servers in front of a simulator, and knows what each is asked so that all do the same work.</summary>
internal sealed class ServerFactory(SimulatorServer simulator, Tools tools)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>No test of the host's limits: nothing is refused.</summary>
    private static readonly Dictionary<string, string> Wide = new() { ["MAX_CONCURRENT_REQUESTS"] = "20000", ["MAX_PROVIDER_CALLS"] = "20000" };

    /// <summary>Whether what it needs is on this machine.</summary>
    public bool Has(ServerKind kind) => kind switch
    {
        ServerKind.Nginx => tools.Nginx is not null,
        ServerKind.Gateway => tools is { Node: not null, Gateway: not null },
        _ => true,
    };

    public Task<Server> StartAsync(ServerKind kind, Part part, CancellationToken cancellationToken) => kind switch
    {
        ServerKind.Host => HostAsync(part, cancellationToken),
        ServerKind.Nginx => NginxAsync(part, cancellationToken),
        ServerKind.Gateway => GatewayAsync(part, cancellationToken),
        ServerKind.Relay => OwnAsync(kind, ["relay", simulator.Address.AbsoluteUri], Completion(part), cancellationToken),
        ServerKind.Bare => OwnAsync(kind, ["bare"], Echo(), cancellationToken),
        ServerKind.EchoHost => EchoHostAsync(cancellationToken),
        _ => Task.FromResult(new Server(kind, simulator.Address, simulator.Process!.Id, Completion(part), metrics: null, owned: null)), // one of our own
    };

    /// <summary>Starts the host with a model and wide limits, and gives it as it is.</summary>
    public Task<HostServer> StartHostAsync(string model, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken) =>
        HostServer.StartAsync(simulator.Address, model, Wide.Concat(settings), cancellationToken);

    /// <summary>What the host is asked.</summary>
    public static LoadRequest Joke(RequestKind kind, int? pieces) => LangServeWire.Request(kind, JokeChain.Path, JokeChain.Input, pieces: pieces);

    private static LoadRequest Completion(Part part) => OpenAiWire.Request(part.Kind, part.Model, JokeChain.Messages, part.Pieces);

    private static LoadRequest Echo() => LangServeWire.Request(RequestKind.Invoke, "/echo", """{"text":"hello there","numbers":[1,2,3]}""");

    private async Task<Server> HostAsync(Part part, CancellationToken cancellationToken)
    {
        var host = await StartHostAsync(part.Model, part.HostSettings, cancellationToken);
        return new Server(ServerKind.Host, host.Address, host.ProcessId!.Value, Joke(part.Kind, part.Pieces), host.Metrics, host); // one of our own
    }

    private static async Task<Server> EchoHostAsync(CancellationToken cancellationToken)
    {
        var process = ChildProcess.Start("The host with an echo", Repository.Dotnet, [Servers(), "echo-host"],
        [
            new("BIND_ADDRESS", "127.0.0.1"), new("PORT", "0"), new("METRICS_PORT", "0"), new("SHUTDOWN_DELAY", "0"), new("LOG_FORMAT", "json"),
        ]);
        return await ReadyAsync(process, async () =>
        {
            var metrics = new Uri(await process.PrintedAsync("Metrics on ", Patience, cancellationToken));
            return new Server(ServerKind.EchoHost, new Uri(await process.PrintedAsync("Now listening on: ", Patience, cancellationToken)), process.Id, Echo(), metrics, process);
        });
    }

    private static Task<Server> OwnAsync(ServerKind kind, IEnumerable<string> args, LoadRequest request, CancellationToken cancellationToken)
    {
        var process = ChildProcess.Start($"The {kind} server", Repository.Dotnet, args.Prepend(Servers()), []);
        return ReadyAsync(process, async () =>
        {
            var address = new Uri(await process.PrintedAsync("Now listening on: ", Patience, cancellationToken));
            return new Server(kind, address, process.Id, request, new Uri(address, "/metrics"), process);
        });
    }

    private async Task<Server> NginxAsync(Part part, CancellationToken cancellationToken)
    {
        var nginx = await NginxServer.StartAsync(tools.Nginx!, simulator.Address, Patience, cancellationToken); // asked before
        var request = Completion(part);
        return new Server(ServerKind.Nginx, nginx.Address, nginx.ProcessId, part.Kind == RequestKind.Stream ? request with { Path = NginxServer.Streams + request.Path } : request, metrics: null, nginx);
    }

    private async Task<Server> GatewayAsync(Part part, CancellationToken cancellationToken)
    {
        var port = FreePort.Take();
        var process = ChildProcess.Start("The gateway", tools.Node!, [tools.Gateway!, "--headless", $"--port={port}"], [new("NODE_ENV", "production")]); // asked before
        return await ReadyAsync(process, async () =>
        {
            await FreePort.ListensAsync(process, port, Patience, cancellationToken);
            var request = Completion(part);
            var headers = $"{request.Headers}x-portkey-provider: openai\r\nx-portkey-custom-host: {new Uri(simulator.Address, "/v1").AbsoluteUri}\r\n";
            return new Server(ServerKind.Gateway, new Uri($"http://127.0.0.1:{port}"), process.Id, request with { Headers = headers }, metrics: null, process);
        });
    }

    private static async Task<Server> ReadyAsync(ChildProcess process, Func<Task<Server>> start)
    {
        try
        {
            return await start();
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static string Servers() => Repository.Program("loadtests/Compare/Servers", "Serving.CompareServers.dll");
}
