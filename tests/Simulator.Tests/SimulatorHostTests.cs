namespace Serving.Simulator.Tests;

public sealed class SimulatorHostTests
{
    [Fact]
    public async Task Address_BeforeTheStart_SaysWhatIsMissing()
    {
        await using var simulator = SimulatorHost.Create(new SimulatorOptions());

        Assert.Contains("Start it first", Assert.Throws<InvalidOperationException>(() => simulator.BaseAddress).Message, StringComparison.Ordinal);
    }
}
