namespace Serving.Benchmarks;

/// <summary>
/// A chain that calls a provider over HTTP, in turns: written by hand on a bare HttpClient, as a chain over the thin client alone, and with all that survives a
/// provider. The provider is the simulator, in a process of its own.
/// </summary>
internal static class ProviderLoad
{
    private const string Body = """{"input":{"topic":"parrots"}}""";
    private const int Tokens = 20;

    public static async Task<int> RunAsync(LoadOptions options)
    {
        var duration = TimeSpan.FromSeconds(options.Seconds);
        await using var simulator = await ServerProcess.StartAsync("simulator");
        await using var bare = await ServerProcess.StartAsync("bare-llm", simulator.Address);
        await using var thin = await ServerProcess.StartAsync("thin-llm", simulator.Address);
        await using var serving = await ServerProcess.StartAsync("serving-llm", simulator.Address);
        (string Name, ServerProcess Server)[] servers = [("by hand on HttpClient", bare), ("chain, client alone", thin), ("chain, all on", serving)];

        Console.WriteLine($"machine: {Environment.ProcessorCount} cores, .NET {Environment.Version}, {options.Connections} connections, {options.Rounds} rounds of {options.Seconds} s each in turn");
        foreach (var path in (string[])["/joke/invoke", "/joke/stream"])
        {
            var samples = servers.Select(_ => new List<Sample>()).ToArray();
            foreach (var (_, server) in servers)
                await LoadClient.RunAsync(server.Address, path, Body, options.Connections, TimeSpan.FromSeconds(3));
            for (var round = 0; round < options.Rounds; round++)
            {
                for (var i = 0; i < servers.Length; i++)
                    samples[i].Add(await Samples.MeasureAsync(servers[i].Server, path, Body, options.Connections, duration));
            }

            for (var i = 0; i < servers.Length; i++)
                Samples.Report($"{path}, {servers[i].Name}", samples[i]);
            for (var i = 1; i < servers.Length; i++)
            {
                var cpu = Samples.Median(samples[i].Zip(samples[0], (ours, theirs) => ours.CpuPerRequest / theirs.CpuPerRequest));
                var bytes = Samples.Median(samples[i].Zip(samples[0], (ours, theirs) => ours.BytesPerRequest - theirs.BytesPerRequest));
                var perToken = path.EndsWith("stream", StringComparison.Ordinal) ? $", {bytes / Tokens:0} B per token" : "";
                Console.WriteLine($"{path}, {servers[i].Name}: {cpu:0.00} of the CPU by hand, {bytes:0} B more{perToken}");
            }
        }

        return 0;
    }
}
