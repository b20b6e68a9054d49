using System.Diagnostics;
using System.Runtime;
using Serving.Simulator;

namespace Serving.Benchmarks;

/// <summary>The servers that are compared, each in a process of its own. They tell their CPU time and allocations at /stats.</summary>
internal static class Servers
{
    public static async Task<int> RunAsync(string kind, string? provider)
    {
        if (kind == "simulator")
            return await SimulateAsync();
        var builder = kind.StartsWith("bare", StringComparison.Ordinal) ? WebApplication.CreateSlimBuilder() : WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, EchoJson.Default));
        if (!kind.StartsWith("bare", StringComparison.Ordinal))
            builder.Services.AddServing(limits => limits.ShutdownDelay = TimeSpan.Zero);
        var app = builder.Build();
        switch (kind)
        {
            case "bare":
                app.MapPost("/echo/invoke", (EchoRequest request) => new EchoAnswer(request.Input, new EchoMetadata(Guid.NewGuid(), [])));
                break;
            case "bare-anthropic":
                app.MapPost("/v1/messages", CannedAnthropic.AnswerAsync);
                break;
            case "bare-llm":
                BareChain.Map(app, new Uri(provider!));
                break;
            case "serving":
                app.MapRunnable("/echo", BenchmarkChains.Echo);
                app.MapRunnable("/joke", BenchmarkChains.Joke);
                break;
            case "thin-llm":
                app.MapRunnable("/joke", ProviderChains.Joke(ProviderChains.Thin(new Uri(provider!))));
                break;
            case "serving-llm":
                app.MapRunnable("/joke", ProviderChains.Joke(ProviderChains.Resilient(new Uri(provider!))));
                break;
            default:
                throw new ArgumentException($"There is no server '{kind}'.", nameof(kind));
        }

        app.MapGet("/stats", () =>
        {
            using var process = Process.GetCurrentProcess();
            return $"{process.TotalProcessorTime.TotalMicroseconds:0} {GC.GetTotalAllocatedBytes(precise: true)} {process.WorkingSet64} {GCSettings.IsServerGC}";
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadLineAsync();
        await app.StopAsync();
        return 0;
    }

    private static async Task<int> SimulateAsync()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Urls = "http://127.0.0.1:0" });
        Console.WriteLine(simulator.BaseAddress);
        await Console.In.ReadLineAsync();
        return 0;
    }
}
