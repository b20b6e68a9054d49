using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Serving.Runtime.Runs;

namespace Serving.Benchmarks;

/// <summary>What the runtime itself costs, without a server around it.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class MicroBenchmarks
{
    public static int Run()
    {
        var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkRunner.Run<MicroBenchmarks>(config);
        return 0;
    }

    [Benchmark(Description = "prompt -> model -> parser, invoke")]
    public ValueTask<string> Invoke() => BenchmarkChains.Joke.InvokeAsync(BenchmarkChains.JokeInput, RunContext.Create());

    [Benchmark(Description = "prompt -> model -> parser, per streamed token", OperationsPerInvoke = BenchmarkChains.Tokens)]
    public async Task<int> Stream()
    {
        var count = 0;
        await foreach (var _ in BenchmarkChains.Joke.StreamAsync(BenchmarkChains.JokeInput, RunContext.Create()))
            count++;
        return count;
    }
}
