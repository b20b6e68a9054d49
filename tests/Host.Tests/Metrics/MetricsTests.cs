using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serving.Endpoints.Metrics;
using Serving.Providers.Resilience;
using Serving.Providers.Tests;
using Serving.Tests;

namespace Serving.Host.Tests.Metrics;

/// <summary>The host as it ships tells of itself.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scrape_OfALiveHost_IsCleanToPromtool()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("{}", status: 500);
        await using var host = await RunningHost.StartAsync(
            $"--OPENAI_API_KEY={ScriptedProvider.Key}", $"--OPENAI_BASE_URL={provider.BaseUrl}", "--RETRY_BACKOFF_MS=0", "--FALLBACK_MODELS=offline:offline", "--TOKEN_METRICS=Both");
        foreach (var path in (string[])["/joke/invoke", "/joke/stream", "/joke/stream_events", "/nowhere"])
            await PostAsync(host, path);
        var scrape = await Scrape.OfAsync(host.Client, host.Metrics);

        var (exitCode, output) = await PromtoolAsync(scrape.Text);

        Assert.Equal((0, ""), (exitCode, output));
        Assert.True(scrape.Sum("serving_provider_retries_total", "reason=\"unavailable\"") > 0);
        Assert.True(scrape.Sum("serving_provider_fallbacks_total", "model=\"offline\"") > 0);
    }

    [Fact]
    public async Task Scrape_WithModels_TellsOfTheirPoolsAndBreakersBeforeTheFirstCall()
    {
        await using var host = await RunningHost.StartAsync("--OPENAI_API_KEY=sk-canary", "--MAX_PROVIDER_CALLS=7");

        var scrape = await Scrape.OfAsync(host.Client, host.Metrics);

        Assert.Equal(7, scrape["serving_provider_pool_limit{provider=\"openai\"}"]);
        Assert.Contains("serving_provider_breaker_state{model=\"gpt-5.4-mini\",provider=\"openai\"}", scrape.Values.Keys);
        Assert.DoesNotContain("canary", scrape.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_Disabled_HaveNoPortAndNoInstruments()
    {
        await using var host = await RunningHost.StartAsync("--ENABLE_METRICS=false", "--METRICS_PORT=1");
        using var answer = await host.Client.GetAsync("/metrics", Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Null(host.App.Services.GetService<MetricsServer>());
        Assert.Null(host.App.Services.GetRequiredService<ResilienceServices>().Metrics);
        Assert.False(host.App.Services.GetRequiredService<ServingMetrics>().Requests.Enabled);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("::1")]
    [InlineData("127.0.0.1")]
    public async Task BindAddress_OfTheApi_CountsForMetricsToo(string address)
    {
        Assert.SkipWhen(address == "::1" && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        // The API takes no free port under the name localhost.
        await using var host = await RunningHost.StartAsync($"--BIND_ADDRESS={address}", "--urls=http://127.0.0.1:0");

        Assert.True(host.Metrics.IsLoopback);
        Assert.Equal(1, (await Scrape.OfAsync(host.Client, host.Metrics)).Sum("serving_build_info"));
    }

    [Fact]
    public async Task Otlp_EndpointSet_GetsTheMetricsToo()
    {
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var text = Encoding.Latin1.GetString(body.ToArray());
            if (text.Contains("serving.requests", StringComparison.Ordinal) && text.Contains("joke", StringComparison.Ordinal))
                received.TrySetResult(text);
            return Results.Bytes([], "application/x-protobuf");
        });
        await collector.StartAsync(Cancellation);
        await using (var host = await RunningHost.StartAsync(
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Urls.First()}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "--OTEL_METRIC_EXPORT_INTERVAL=50"))
        {
            await PostAsync(host, "/joke/invoke");

            var sent = await received.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            Assert.Contains("service.name", sent, StringComparison.Ordinal);
        }
    }

    private static async Task PostAsync(RunningHost host, string path)
    {
        using var answer = await host.Client.PostAsJsonAsync(path, new { input = new { topic = "cats" } }, Cancellation);
        await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private static async Task<(int ExitCode, string Output)> PromtoolAsync(string metrics)
    {
        var start = new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip("'promtool' of the package 'prometheus' is not on the PATH; it must be where CI=true.");
        }

        await process.StandardInput.WriteAsync(metrics.AsMemory(), Cancellation);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output + await error);
    }
}
