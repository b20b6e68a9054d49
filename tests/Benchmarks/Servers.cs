using System.Diagnostics;
using System.Runtime;

namespace Serving.Benchmarks;

/// <summary>The servers that are compared, each in a process of its own. They tell their CPU time and allocations at /stats.</summary>
internal static class Servers
{
    public static async Task<int> RunAsync(string kind)
    {
        var builder = kind == "bare" ? WebApplication.CreateSlimBuilder() : WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (kind == "bare")
            builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, EchoJson.Default));
        else
            builder.Services.AddServing(limits => limits.ShutdownDelay = TimeSpan.Zero);
        var app = builder.Build();
        if (kind == "bare")
        {
            app.MapPost("/echo/invoke", (EchoRequest request) => new EchoAnswer(request.Input, new EchoMetadata(Guid.NewGuid(), [])));
        }
        else
        {
            app.MapRunnable("/echo", BenchmarkChains.Echo);
            app.MapRunnable("/joke", BenchmarkChains.Joke);
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
}
