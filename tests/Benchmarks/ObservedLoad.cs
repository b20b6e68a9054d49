using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace Serving.Benchmarks;

/// <summary>
/// The host as shipped before the simulator, in turns: with nothing that tells of it, and with metrics, an Information log and a hundredth of the traces sent to a
/// collector. CPU time is the host process's own.
/// </summary>
internal static partial class ObservedLoad
{
    private const string Body = """{"input":{"topic":"parrots"}}""";

    public static async Task<int> RunAsync(LoadOptions options)
    {
        await using var simulator = await ServerProcess.StartAsync("simulator");
        await using var collector = await CollectAsync();
        using var silent = Start(simulator.Address, ("ENABLE_METRICS", "false"), ("LOG_LEVEL", "Error,Microsoft.Hosting.Lifetime=Information"));
        using var observed = Start(
            simulator.Address,
            ("METRICS_PORT", "0"),
            ("LOG_LEVEL", "Information"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.First()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_TRACES_SAMPLER", "traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.01"));
        var hosts = ((Process Process, Uri Address)[])[(silent, await AddressAsync(silent)), (observed, await AddressAsync(observed))];

        Console.WriteLine($"machine: {Environment.ProcessorCount} cores, .NET {Environment.Version}, {options.Connections} connections, {options.Rounds} rounds of {options.Seconds} s each in turn");
        foreach (var path in (string[])["/joke/invoke", "/joke/stream"])
        {
            foreach (var (_, address) in hosts)
                await LoadClient.RunAsync(address, path, Body, options.Connections, TimeSpan.FromSeconds(3));
            var cpu = hosts.Select(_ => new List<double>()).ToArray();
            for (var round = 0; round < options.Rounds; round++)
            {
                // Whoever goes second gets a machine that the first has warmed: they swap.
                for (var turn = 0; turn < 2; turn++)
                {
                    var i = (round + turn) % 2;
                    cpu[i].Add(await CpuPerRequestAsync(hosts[i].Process, hosts[i].Address, path, options));
                }
            }

            var ratios = cpu[1].Zip(cpu[0], (on, off) => on / off).ToList();
            Console.WriteLine($"{path}: {Samples.Median(cpu[0]):0.0} µs CPU per request silent, {Samples.Median(cpu[1]):0.0} µs observed; observed / silent: median {Samples.Median(ratios):0.000} (from {ratios.Min():0.000} to {ratios.Max():0.000})");
        }

        foreach (var (process, _) in hosts)
            process.Kill();
        return 0;
    }

    private static async Task<double> CpuPerRequestAsync(Process process, Uri address, string path, LoadOptions options)
    {
        process.Refresh();
        var before = process.TotalProcessorTime;
        var answers = await LoadClient.RunAsync(address, path, Body, options.Connections, TimeSpan.FromSeconds(options.Seconds));
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMicroseconds / answers;
    }

    private static Process Start(Uri provider, params (string Key, string Value)[] settings)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var root = own.Parent!.Parent!.Parent!.Parent!.Parent!.FullName; // tests/Benchmarks/bin/Release/net10.0
        var start = new ProcessStartInfo("dotnet", [Path.Combine(root, "Host", "bin", own.Parent.Name, own.Name, "serving.dll"), "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        start.Environment["OPENAI_API_KEY"] = "key";
        start.Environment["OPENAI_BASE_URL"] = new Uri(provider, "/v1").AbsoluteUri;
        start.Environment["DEFAULT_MODEL"] = "openai:sim";
        start.Environment["SHUTDOWN_DELAY"] = "0";
        start.Environment["LOG_FORMAT"] = "json";
        return Process.Start(start) ?? throw new InvalidOperationException("The host did not start.");
    }

    /// <summary>Where it listens. Its log is read to the end, so that it never waits for a reader.</summary>
    private static Task<Uri> AddressAsync(Process process)
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (!address.Task.IsCompleted && line.Data is { } text && Listening().Match(text) is { Success: true } match)
                address.TrySetResult(new Uri(match.Value));
        };
        process.BeginOutputReadLine();
        return address.Task.WaitAsync(TimeSpan.FromSeconds(30));
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

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+(?="")")]
    private static partial Regex Listening();
}
