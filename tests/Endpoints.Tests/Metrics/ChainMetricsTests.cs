using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Admission;
using Serving.Endpoints.Metrics;
using Serving.Endpoints.Options;
using OptionsOf = Microsoft.Extensions.Options.Options;

namespace Serving.Endpoints.Tests.Metrics;

// Beside other tests, one of them may listen to every meter of the process.
[CollectionDefinition(nameof(ChainMetricsTests), DisableParallelization = true)]
[Collection(nameof(ChainMetricsTests))]
public sealed class ChainMetricsTests
{
    private readonly DefaultHttpContext _http = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Request_Measured_AllocatesNothing(bool isListenedTo)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var gate = new AdmissionGate(OptionsOf.Create(new ServingLimits()));
        var metrics = new ChainMetrics(new ServingMetrics(meters, gate), "joke", "stream");
        using var registry = isListenedTo ? new MetricsRegistry(meters, OptionsOf.Create(new MetricsOptions())) : null;
        for (var i = 0; i < 100; i++)
            Measure(metrics);

        // What the runtime does once, such as compiling anew, may fall into a round, but not into all.
        Assert.Contains(Enumerable.Range(0, 3), _ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
                Measure(metrics);
            return GC.GetAllocatedBytesForCurrentThread() == before;
        });
        Assert.Equal(isListenedTo, metrics.MeasuresOverhead);
    }

    private void Measure(ChainMetrics metrics)
    {
        var chunks = metrics.StreamStarted(TimeProvider.System.GetTimestamp(), TimeProvider.System);
        for (var i = 1; i < 10; i++)
        {
            chunks.Comes(isPiece: true);
            chunks.Sent(i);
        }

        chunks.End(wasStream: true);
        metrics.Failed("timeout");
        metrics.Ended(_http, 200, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.5));
    }
}
