namespace Serving.Simulator.Tests;

/// <summary>Simulators that end with their test, and what tests wait for.</summary>
internal static class TestSimulator
{
    public static Task<SimulatorHost> StartAsync(SimulatorOptions? options = null) => SimulatorHost.StartAsync(options, TestContext.Current.CancellationToken);

    /// <summary>Waits until every request has been closed in the ledger.</summary>
    public static Task SettledAsync(this SimulatorHost simulator) =>
        simulator.Ledger.WhenAsync(ledger => ledger.Total is { Open: 0, Hanging: 0 }, TestContext.Current.CancellationToken);
}
