using System.Net;

namespace Serving.Benchmarks;

/// <summary>
/// The host as shipped before the simulator, in turns: with nothing that tells of it; with metrics, an Information log, or a hundredth of the traces sent to a
/// collector; and with all of these. CPU time is the host process's own. As many calls and streams as there can be, and such as models give: streams of a token every 10 ms, and a hundred calls of 50 ms a second.
/// </summary>
internal static class ObservedLoad
{
    private const string Body = """{"input":{"topic":"parrots"}}""";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(LoadOptions options)
    {
        await using var simulator = await ServerProcess.StartAsync("simulator");
        await using var collector = await CollectAsync();
        Console.WriteLine($"machine: {Environment.ProcessorCount} cores, .NET {Environment.Version}, {options.Rounds} rounds of {options.Seconds} s each in turn");
        var turn = TimeSpan.FromSeconds(options.Seconds);
        Load[] loads =
        [
            new("invoke", "/joke/invoke", "sim", options.Connections, turn),
            new("stream", "/joke/stream", "sim", options.Connections, turn),
            new("paced stream", "/joke/stream", "sim~tokens=100~delay=10", 100, turn) { Spread = Second },
            // Little is done in a turn, and a process's account goes by 10 ms.
            new("invoke of 50 ms", "/joke/invoke", "sim~tokens=5~delay=10", 5, 4 * turn),
        ];
        foreach (var load in loads)
            await RunAsync(load, simulator.Address, collector.Urls.First(), options);
        return 0;
    }

    private static async Task RunAsync(Load load, Uri simulator, string collector, LoadOptions options)
    {
        (string Key, string Value)[] silence = [("ENABLE_METRICS", "false"), ("LOG_LEVEL", "Error,Microsoft.Hosting.Lifetime=Information")];
        (string Key, string Value)[] metrics = [("ENABLE_METRICS", "true"), ("METRICS_PORT", "0")];
        (string Key, string Value)[] log = [("LOG_LEVEL", "Information")];
        (string Key, string Value)[] traces =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRICS_EXPORTER", "none"),
            ("OTEL_TRACES_SAMPLER", "traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.01"),
        ];
        Observed[] hosts =
        [
            await Observed.StartAsync("silent", simulator, load.Model, silence),
            await Observed.StartAsync("metrics", simulator, load.Model, [.. silence, .. metrics]),
            await Observed.StartAsync("log", simulator, load.Model, [.. silence, .. log]),
            await Observed.StartAsync("traces", simulator, load.Model, [.. silence, .. traces]),
            await Observed.StartAsync("all", simulator, load.Model, [.. silence, .. metrics, .. log, .. traces]),
        ];
        foreach (var host in hosts)
            await LoadClient.RunAsync(host.Address, load.Path, Body, options.Connections, WarmUp);
        var cpu = hosts.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < options.Rounds; round++)
        {
            // Whoever goes later gets a machine that the others have warmed: each begins in turn.
            for (var turn = 0; turn < hosts.Length; turn++)
            {
                var i = (round + turn) % hosts.Length;
                cpu[i].Add(await CpuPerRequestAsync(hosts[i], load));
            }
        }

        for (var i = 0; i < hosts.Length; i++)
        {
            var ratios = cpu[i].Zip(cpu[0], (on, off) => on / off).ToList();
            Console.WriteLine($"{load.Name}, {load.Connections} at once, {hosts[i].Name,-8} {Samples.Median(cpu[i]):0.0} µs CPU per request, least {cpu[i].Min():0.0}; against silent: median {Samples.Median(ratios):0.000} (from {ratios.Min():0.000} to {ratios.Max():0.000}), of the least {cpu[i].Min() / cpu[0].Min():0.000}");
            hosts[i].Dispose();
        }
    }

    private static async Task<double> CpuPerRequestAsync(Observed host, Load load)
    {
        var before = host.CpuTime;
        var answers = await LoadClient.RunAsync(host.Address, load.Path, Body, load.Connections, load.Turn, load.Spread);
        return (host.CpuTime - before).TotalMicroseconds / answers;
    }

    /// <summary>Takes whatever spans and metrics are sent to it.</summary>
    private static async Task<WebApplication> CollectAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = (int)HttpStatusCode.OK;
        });
        await app.StartAsync();
        return app;
    }

    private sealed record Load(string Name, string Path, string Model, int Connections, TimeSpan Turn)
    {
        public TimeSpan Spread { get; init; }
    }
}
