using System.Globalization;
using Serving.Providers.Telemetry;

namespace Serving.Providers.Tests.Resilience;

public sealed class LifetimeTests
{
    private const int Lifetimes = 10_000;

    /// <summary>LIFETIME_SEED=n runs the lifetime of that seed alone.</summary>
    [Fact]
    public async Task Ask_TenThousandFaultyLifetimes_KeepsEveryPromise()
    {
        var (first, count) = int.TryParse(Environment.GetEnvironmentVariable("LIFETIME_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seed)
            ? (seed, 1)
            : (0, Lifetimes);
        using var metrics = new ProviderMetrics();

        // A thread without a context: what follows a wait runs where the wait ends.
        var attempts = await Task.Factory.StartNew(
            () =>
            {
                var attempts = 0;
                for (var i = first; i < first + count; i++)
                {
                    var lifetime = new Lifetime(i, metrics);
                    lifetime.Run();
                    attempts += lifetime.Attempts;
                }

                return attempts;
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        Assert.True(attempts >= count);
    }
}
