namespace Serving.Faults.Tests.Hosting;

/// <summary>The simulator's clock: dates as the host has them, so that <c>Retry-After</c> means the same to both; its own pauses pass as they do.</summary>
internal sealed class SimulatorTime(TimeProvider host) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => host.GetUtcNow();
}
