using System.Net;

namespace Serving.Benchmarks;

/// <summary>
/// The host as shipped before the simulator: with nothing that tells of it; with metrics, an Information log, or a hundredth of the traces sent to a collector; and with all of these. CPU time is the
/// host process's own. The forms of a round run side by side, each under the same load, so that what the machine does at that moment they have in common; one after the other, their context switches
/// differ by more than what is looked for. Each round has processes of its own, since compilation makes two of them differ too. As many calls and streams as there can be, and such as models give:
/// streams of a token every 10 ms, and calls of 50 ms, many and few.
/// </summary>
internal static class ObservedLoad
{
    private const string Body = """{"input":{"topic":"parrots"}}""";

    private const int WarmConnections = 150;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <param name="names">Names of loads and of forms to run; none of either for all.</param>
    /// <param name="options">How long and how often.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> names, LoadOptions options)
    {
        await using var simulator = await ServerProcess.StartAsync("simulator");
        await using var collector = await CollectAsync();
        Console.WriteLine($"machine: {Environment.ProcessorCount} cores, .NET {Environment.Version}, {options.Rounds} rounds of {options.Seconds} s, side by side");
        var turn = TimeSpan.FromSeconds(options.Seconds);
        var loads = Named(names, load => load.Name,
        [
            new Load("invoke", "/joke/invoke", "sim", options.Connections, turn),
            new Load("stream", "/joke/stream", "sim", options.Connections, turn),
            new Load("paced", "/joke/stream", "sim~tokens=100~delay=10", 50, turn) { Spread = Second },
            new Load("busy", "/joke/invoke", "sim~tokens=5~delay=10", 150, turn),
            new Load("rare", "/joke/invoke", "sim~tokens=5~delay=10", 5, 2 * turn), // little is done in a turn
        ]);
        var forms = Named(names, form => form.Name, Forms(collector.Urls.First()));
        foreach (var load in loads)
            await RunAsync(load, forms, simulator.Address, options);
        return 0;
    }

    private static IReadOnlyList<T> Named<T>(IReadOnlyList<string> names, Func<T, string> name, IReadOnlyList<T> all)
    {
        var named = all.Where(one => names.Contains(name(one))).ToList();
        return named.Count == 0 ? all : named;
    }

    private static Form[] Forms(string collector)
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
        return
        [
            new("silent", silence),
            new("metrics", [.. silence, .. metrics]),
            new("log", [.. silence, .. log]),
            new("traces", [.. silence, .. traces]),
            new("all", [.. silence, .. metrics, .. log, .. traces]),
        ];
    }

    private static async Task RunAsync(Load load, IReadOnlyList<Form> forms, Uri simulator, LoadOptions options)
    {
        var cpu = forms.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < options.Rounds; round++)
        {
            // Whoever starts later takes a little more: each starts first in turn.
            var order = Enumerable.Range(0, forms.Count).Select(turn => (round + turn) % forms.Count).ToList();
            var taken = await RoundAsync(load, [.. order.Select(i => forms[i])], simulator);
            foreach (var (i, one) in order.Zip(taken))
                cpu[i].Add(one);
        }

        for (var i = 0; i < forms.Count; i++)
        {
            var ratios = cpu[i].Zip(cpu[0], (on, off) => on / off).Order().ToList();
            Console.WriteLine($"{load.Name}, {load.Connections} at once, {forms[i].Name,-8} {Samples.Median(cpu[i]):0.0} µs CPU per request; against {forms[0].Name}: median {Samples.Median(ratios):0.000} (half of them from {ratios[ratios.Count / 4]:0.000} to {ratios[^(1 + (ratios.Count / 4))]:0.000}), of the medians {Samples.Median(cpu[i]) / Samples.Median(cpu[0]):0.000}");
        }
    }

    /// <summary>CPU time per request of each form, in µs.</summary>
    private static async Task<double[]> RoundAsync(Load load, IReadOnlyList<Form> forms, Uri simulator)
    {
        List<Observed> hosts = [];
        try
        {
            foreach (var form in forms)
                hosts.Add(await Observed.StartAsync(simulator, load.Model, form.Settings));
            // More than the load: what is called seldom would be compiled late.
            await Task.WhenAll(hosts.Select(host => LoadClient.RunAsync(host.Address, load.Path, Body, WarmConnections, WarmUp * forms.Count)));
            return await Task.WhenAll(hosts.Select(async host =>
            {
                var before = host.CpuTime;
                var answers = await LoadClient.RunAsync(host.Address, load.Path, Body, load.Connections, load.Turn, load.Spread);
                return (host.CpuTime - before).TotalMicroseconds / answers;
            }));
        }
        finally
        {
            foreach (var host in hosts)
                host.Dispose();
        }
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

    private sealed record Form(string Name, (string Key, string Value)[] Settings);

    private sealed record Load(string Name, string Path, string Model, int Connections, TimeSpan Turn)
    {
        public TimeSpan Spread { get; init; }
    }
}
