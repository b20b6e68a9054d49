using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Options;

namespace Serving.Endpoints.Tests.Admission;

public sealed class AdmissionGateTests
{
    [Fact]
    public async Task Gate_StreamsHoldAllPlaces_RefusesAtOnceAndPlacesComeBack()
    {
        var chains = new[] { new HeldChain("first"), new HeldChain("first") };
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.Configure<ServingLimits>(limits => limits.MaxConcurrentRequests = 2),
            app =>
            {
                app.MapRunnable("/held/0", chains[0].Runnable);
                app.MapRunnable("/held/1", chains[1].Runnable);
                app.MapRunnable("/echo", TestChains.Echo);
                app.MapServingHealth();
            });
        using var client = app.CreateClient();
        var gate = app.Services.GetRequiredService<AdmissionGate>();
        using var first = await client.PostAsync("/held/0/stream", """{"input": 1}""");
        var second = client.StreamAsync("/held/1/stream", """{"input": 1}""");
        await chains[1].Held;

        foreach (var endpoint in new[] { "invoke", "batch", "stream", "stream_log", "stream_events" })
        {
            using var refused = await client.PostAsync($"/echo/{endpoint}", "not even JSON");
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
            Assert.Contains("2 requests in flight, its limit (MAX_CONCURRENT_REQUESTS)", (await refused.JsonAsync()).Message(), StringComparison.Ordinal);
        }

        using var health = await client.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)health.StatusCode);
        Assert.Equal(2, gate.InFlight);
        chains[1].Release();
        Assert.Equal("end", (await second)[^1].Name);
        Assert.Equal(200, (await client.CallAsync("/echo/invoke", """{"input": 1}""")).Status);
        first.Dispose();
        await chains[0].Over;
        chains[0].Release();
    }

    [Fact]
    public async Task Gate_RequestsEndInAnyWay_PlacesComeBack()
    {
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.Configure<ServingLimits>(limits => limits.MaxConcurrentRequests = 1),
            app =>
            {
                app.MapRunnable("/echo", TestChains.Echo);
                app.MapRunnable("/failing", TestChains.Failing(() => new InvalidOperationException("no"), "one"));
            });
        using var client = app.CreateClient();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(422, (await client.CallAsync("/echo/invoke", "{")).Status);
            Assert.Equal(422, (await client.CallAsync("/echo/stream", "{}")).Status);
            Assert.Equal(500, (await client.CallAsync("/failing/invoke", """{"input": 1}""")).Status);
            Assert.Equal("error", (await client.StreamAsync("/failing/stream_events", """{"input": 1}"""))[^1].Name);
            Assert.Equal(200, (await client.CallAsync("/echo/invoke", """{"input": 1}""")).Status);
        }
    }
}
