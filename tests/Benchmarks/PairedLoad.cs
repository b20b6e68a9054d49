namespace Serving.Benchmarks;

/// <summary>
/// The echo chain against a bare minimal API, in turns A B A B, with the same bytes in and out: requests per second as a ratio pair by pair,
/// CPU time and allocations per request. Then a whole chain, invoked and streamed.
/// </summary>
internal static class PairedLoad
{
    private const string EchoBody = """{"input":{"text":"hello there","numbers":[1,2,3]}}""";
    private const string JokeBody = """{"input":{"topic":"parrots"}}""";

    public static async Task<int> RunAsync(LoadOptions options)
    {
        var duration = TimeSpan.FromSeconds(options.Seconds);
        await using var bare = await ServerProcess.StartAsync("bare");
        await using var serving = await ServerProcess.StartAsync("serving");
        foreach (var server in (ServerProcess[])[bare, serving])
            await LoadClient.RunAsync(server.Address, "/echo/invoke", EchoBody, options.Connections, TimeSpan.FromSeconds(3));

        Console.WriteLine($"machine: {Environment.ProcessorCount} cores, .NET {Environment.Version}, {options.Connections} connections, {options.Rounds} rounds of {options.Seconds} s each in turn");
        var ratios = new List<double>();
        var ours = new List<Sample>();
        var theirs = new List<Sample>();
        for (var round = 0; round < options.Rounds; round++)
        {
            theirs.Add(await Samples.MeasureAsync(bare, "/echo/invoke", EchoBody, options.Connections, duration));
            ours.Add(await Samples.MeasureAsync(serving, "/echo/invoke", EchoBody, options.Connections, duration));
            ratios.Add(ours[^1].PerSecond / theirs[^1].PerSecond);
        }

        Samples.Report("bare minimal API echo", theirs);
        Samples.Report("serving /echo/invoke", ours);
        Console.WriteLine($"requests per second, serving / bare: median {Samples.Median(ratios):0.000} (of {string.Join(", ", ratios.Select(ratio => ratio.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture)))})");
        Console.WriteLine($"allocated per echo beyond the bare API: {Samples.Median(ours.Select(s => s.BytesPerRequest)) - Samples.Median(theirs.Select(s => s.BytesPerRequest)):0} B");

        var invoke = await Samples.MeasureAsync(serving, "/joke/invoke", JokeBody, options.Connections, duration);
        Samples.Report("serving /joke/invoke (prompt -> model -> parser)", [invoke]);
        Console.WriteLine($"allocated per joke beyond the bare API's request: {invoke.BytesPerRequest - Samples.Median(theirs.Select(s => s.BytesPerRequest)):0} B");

        var stream = await Samples.MeasureAsync(serving, "/joke/stream", JokeBody, options.Connections, duration);
        Samples.Report($"serving /joke/stream ({BenchmarkChains.Tokens} tokens)", [stream]);
        Console.WriteLine($"per streamed token: {stream.BytesPerRequest / BenchmarkChains.Tokens:0} B, {stream.CpuPerRequest / BenchmarkChains.Tokens:0.00} µs CPU");
        return 0;
    }
}
