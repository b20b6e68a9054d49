using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;
using Serving.Runtime.Chat;
using Serving.Runtime.Runs;

namespace Serving.Benchmarks;

/// <summary>What the runtime itself costs, without a server around it.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class MicroBenchmarks
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hello")];
    private static readonly RunChatOptions Options = new(RunContext.Create());
    private static readonly CannedChatClient Bare = new(BenchmarkChains.Tokens);
    private static readonly ResilientChatClient Resilient = Over(new ResilienceOptions(), null);
    private static readonly ResilientChatClient Hedged = Over(new ResilienceOptions { HedgeShare = 0.05 }, new CallLimit(100, 100));

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

    [Benchmark(Description = "a client alone, whole answer")]
    public Task<ChatResponse> AskBare() => Bare.GetResponseAsync(Hello, Options);

    [Benchmark(Description = "the same under retries, breaker and timeouts")]
    public Task<ChatResponse> AskResilient() => Resilient.GetResponseAsync(Hello, Options);

    [Benchmark(Description = "the same with a limit of calls and second calls, too")]
    public Task<ChatResponse> AskHedged() => Hedged.GetResponseAsync(Hello, Options);

    [Benchmark(Description = "a client alone, per streamed update", OperationsPerInvoke = BenchmarkChains.Tokens)]
    public Task<int> StreamBare() => CountAsync(Bare);

    [Benchmark(Description = "the same under retries, breaker and timeouts, per streamed update", OperationsPerInvoke = BenchmarkChains.Tokens)]
    public Task<int> StreamResilient() => CountAsync(Resilient);

    private static ResilientChatClient Over(ResilienceOptions options, CallLimit? limit) =>
        new(new ResilientModel(new ModelName("canned", "model"), [new ModelDeployment(Bare)], options, limit));

    private static async Task<int> CountAsync(IChatClient client)
    {
        var count = 0;
        await foreach (var _ in client.GetStreamingResponseAsync(Hello, Options))
            count++;
        return count;
    }
}
