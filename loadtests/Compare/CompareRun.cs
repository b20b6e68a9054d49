using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Compare;

/// <summary>Runs a comparison: each part's servers in turns, A B C A B C, so that what the machine does beside hits all of them alike.</summary>
internal sealed class CompareRun(CompareArguments arguments, TimeProvider time, Action<string> tell)
{
    public async Task<CompareReport> RunAsync(CancellationToken cancellationToken)
    {
        var tools = Tools.Find();
        var began = time.GetUtcNow();
        var machine = Machine.Describe(tools);
        foreach (var missing in tools.Missing)
            tell(missing);
        await using var simulator = await SimulatorServer.StartAsync(seed: 1, cancellationToken);
        var factory = new ServerFactory(simulator, tools);
        var parts = new List<PartReport>();
        foreach (var part in arguments.Parts)
            parts.Add(await RunAsync(part, factory, cancellationToken));
        if (arguments.HasIdle)
            tell("idle");
        return new CompareReport
        {
            Began = began,
            Machine = machine,
            Rounds = arguments.Rounds,
            TurnSeconds = arguments.Turn.TotalSeconds,
            Parts = parts,
            Idle = arguments.HasIdle ? await IdleStreams.RunAsync(factory, simulator, arguments.IdleStreams, time, cancellationToken) : null,
            Missing = [.. tools.Missing],
        };
    }

    private async Task<PartReport> RunAsync(Part part, ServerFactory factory, CancellationToken cancellationToken)
    {
        var servers = new List<Server>();
        try
        {
            foreach (var kind in part.Servers.Where(factory.Has))
            {
                servers.Add(await factory.StartAsync(kind, part, cancellationToken));
                if (!part.IsSingle)
                    await servers[^1].WarmUpAsync(part, arguments.WarmUp, time, cancellationToken);
            }

            var turns = servers.Select(_ => new List<Turn>()).ToList();
            for (var round = 0; round < (part.IsSingle ? 1 : arguments.Rounds); round++)
            {
                for (var i = 0; i < servers.Count; i++)
                {
                    var turn = await servers[i].TakeTurnAsync(part, part.IsSingle ? TimeSpan.Zero : arguments.Turn, time, cancellationToken);
                    turns[i].Add(turn);
                    tell(FormattableString.Invariant($"{part.Name} {round + 1}: {CompareTables.Name(servers[i].Kind)} {turn.CpuPerAnswer():0.0} µs CPU per answer, {turn.CpuPerFrame():0.00} per frame, {turn.Answers} answers"));
                }
            }

            return new PartReport(part.Name, part.Title, [.. servers.Zip(turns, (server, taken) => new ServerReport(server.Kind, taken))]) { SteadyRate = part.SteadyRate };
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }
}
