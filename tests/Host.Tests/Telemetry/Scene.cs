using System.Diagnostics;
using System.Net.Http.Json;
using Serving.Simulator;

namespace Serving.Host.Tests.Telemetry;

/// <summary>A host between the simulator and a collector.</summary>
internal sealed class Scene : IAsyncDisposable
{
    /// <summary>The key that the host has for its provider.</summary>
    public const string Key = "sk-canary-4711";

    private bool _isFlushed;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public required SimulatorHost Simulator { get; init; }

    public required TraceCollector Collector { get; init; }

    public required RunningHost Host { get; init; }

    public static Task<Scene> StartAsync(string model, params string[] settings) => StartAsync(model, grpc: false, settings);

    public static async Task<Scene> StartAsync(string model, bool grpc, params string[] settings)
    {
        var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Urls = "http://127.0.0.1:0" }, Cancellation);
        var collector = await TraceCollector.StartAsync();
        var host = await RunningHost.StartAsync(
            [$"--OPENAI_API_KEY={Key}", $"--OPENAI_BASE_URL={simulator.BaseAddress}v1", $"--DEFAULT_MODEL={model}", .. collector.Settings(grpc), .. settings]);
        return new Scene { Simulator = simulator, Collector = collector, Host = host };
    }

    /// <summary>Sends a request as part of a trace of its own, and takes its whole answer.</summary>
    public async Task<(ActivityTraceId Trace, string Answer)> SendAsync(string path, object? body, bool sampled = true)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path)
        {
            Content = body is null ? null : JsonContent.Create(body),
            Headers = { { "traceparent", $"00-{trace}-00f067aa0ba902b7-{(sampled ? "01" : "00")}" } },
        };
        using var answer = await Host.Client.SendAsync(request, Cancellation);
        return (trace, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>The same, and what the collector got of it.</summary>
    public async Task<(Trace Trace, string Answer)> CallAsync(string path, object? body, bool sampled = true)
    {
        var (id, answer) = await SendAsync(path, body, sampled);
        await FlushAsync();
        return (Collector.Of(id), answer);
    }

    /// <summary>Ends the host, which sends what is left.</summary>
    public async Task FlushAsync()
    {
        if (_isFlushed)
            return;
        _isFlushed = true;
        await Host.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await FlushAsync();
        await Collector.DisposeAsync();
        await Simulator.DisposeAsync();
    }
}
