using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serving.Endpoints.Options;

namespace Serving.Endpoints.Tests.Metrics;

public sealed class MetricsServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/metrics", 200)]
    [InlineData("HEAD", "/metrics", 200)]
    [InlineData("POST", "/metrics", 405)]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/metrics/", 404)]
    [InlineData("GET", "/Metrics", 404)]
    [InlineData("GET", "/health", 404)]
    [InlineData("POST", "/echo/invoke", 404)]
    public async Task MetricsPort_AskedForAnything_HasMetricsAlone(string method, string path, int status)
    {
        await using var app = await MetricsHost.StartAsync(Map);
        using var client = app.CreateClient();

        using var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), new Uri(app.Metrics(), path)), Token);
        var body = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200 && method == "GET", body.Contains("serving_build_info", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ApiPort_AskedForMetricsUnderAnyName_HasNone()
    {
        await using var app = await MetricsHost.StartAsync(Map);
        using var client = app.CreateClient();
        foreach (var host in (string[])["localhost", "localhost:9090", $"127.0.0.1:{app.Metrics().Port}", "metrics"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            request.Headers.Host = host;
            using var answer = await client.SendAsync(request, Token);

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData(null, "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("*/*", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("text/html;q=nonsense", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    [InlineData("application/openmetrics-text;version=0.0.1", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.5", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData(
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    public async Task Format_ByAccept_IsTheOneWanted(string? accept, string type)
    {
        await using var app = await MetricsHost.StartAsync(Map);
        using var client = app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Metrics());
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await client.SendAsync(request, Token);
        var body = await answer.Content.ReadAsStringAsync(Token);

        Assert.Equal(type, answer.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(type.StartsWith("application", StringComparison.Ordinal), body.EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gzip, deflate", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("br", false)]
    public async Task Compression_ByAcceptEncoding_IsGzip(string accept, bool isCompressed)
    {
        await using var app = await MetricsHost.StartAsync(Map);
        using var client = app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Metrics());
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accept);

        using var answer = await client.SendAsync(request, Token);
        var stream = await answer.Content.ReadAsStreamAsync(Token);
        using var reader = new StreamReader(isCompressed ? new GZipStream(stream, CompressionMode.Decompress) : stream);

        Assert.Equal(isCompressed, answer.Content.Headers.ContentEncoding.Contains("gzip"));
        Assert.Equal(1, Scrape.Parse(await reader.ReadToEndAsync(Token)).Sum("serving_build_info"));
    }

    [Fact]
    public async Task Start_PortIsTaken_FailsWithASentenceBeforeTheApiListens()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => MetricsHost.StartAsync(
            Map, builder => builder.Services.Configure<Endpoints.Metrics.MetricsOptions>(options => options.Port = port)));

        Assert.Equal($"METRICS_PORT is {port}, and another process listens there. Set it to a free port, or to 0 for any, or set ENABLE_METRICS to false.", Assert.Single(error.Failures));
    }

    [Fact]
    public async Task Options_ThatAreWrong_StopTheStartWithAllOfThem()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => MetricsHost.StartAsync(
            Map, builder => builder.Services.Configure<Endpoints.Metrics.MetricsOptions>(options => (options.Port, options.BindAddress) = (70_000, "here"))));

        Assert.Equal(2, error.Failures.Count());
    }

    [Fact]
    public async Task Stop_WhileRequestsDrain_StillServesMetrics()
    {
        var time = new ManualTimeProvider();
        var held = new HeldChain("first");
        await using var app = await MetricsHost.StartAsync(map => map.MapRunnable("/held", held.Runnable), builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var client = app.CreateClient();
        var metrics = app.Metrics();
        var stream = client.StreamAsync("/held/stream", """{"input": 1}""");
        await held.Held;

        var stopping = app.StopAsync(Token);
        await time.WaitForTimerAsync(new ServingLimits().ShutdownDelay);
        time.Advance(new ServingLimits().ShutdownDelay);
        await time.WaitForTimerAsync(new ServingLimits().DrainTimeout);
        var draining = await Scrape.OfAsync(client, metrics);
        held.Release();
        await stream;
        await stopping.OrTimeout();

        Assert.Equal((1, 1), (draining["serving_requests_in_flight"], draining["serving_streams_active"]));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(metrics, Token));
    }

    [Fact]
    public async Task Scrapes_UnderLoad_AreWholeAndOnlyRise()
    {
        await using var app = await MetricsHost.StartAsync(Map);
        using var client = app.CreateClient();
        using var over = new CancellationTokenSource();
        var scraping = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var (last, scrapes) = (0.0, 0);
            while (!over.IsCancellationRequested || scrapes == 0)
            {
                var scrape = await Scrape.OfAsync(client, app.Metrics(), openMetrics: scrapes++ % 2 == 0);
                var now = scrape.Sum("serving_requests_total");
                Assert.True(now >= last);
                last = now;
            }
        }));
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), Token, async (i, _) => await client.CallAsync("/echo/invoke", $$"""{"input": {{i}}}"""));
        await over.CancelAsync();
        await scraping.OrTimeout();

        var all = await Scrape.UntilAsync(client, app.Metrics(), scrape => scrape.Sum("serving_requests_total") >= 500);
        Assert.Equal(500, all["serving_requests_total{chain=\"echo\",endpoint=\"invoke\",status=\"200\"}"]);
    }

    private static void Map(WebApplication app)
    {
        app.MapRunnable("/echo", TestChains.Echo);
        app.MapServingHealth();
    }
}
