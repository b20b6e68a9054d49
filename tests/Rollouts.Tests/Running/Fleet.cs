using System.Collections.Immutable;
using Serving.Simulator;

namespace Serving.Rollouts.Tests.Running;

/// <summary>Three hosts before one simulated provider, behind a proxy.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>What hosts call: 20 pieces, 10 ms between them; some calls are slow.</summary>
    public const string Model = "sim~delay=10";

    private readonly SimulatorHost _simulator;

    private Fleet(SimulatorHost simulator)
    {
        _simulator = simulator;
        Hosts = [.. Enumerable.Range(0, 3).Select(_ => new HostProcess(simulator.BaseAddress))];
    }

    /// <summary>Shorter than the default of the product, which is kinder to proxies, to keep the tests short.</summary>
    public static TimeSpan ShutdownDelay { get; } = TimeSpan.FromSeconds(2);

    public ImmutableArray<HostProcess> Hosts { get; }

    public Proxy? Proxy { get; private set; }

    public static async Task<Fleet> StartAsync(Func<IReadOnlyList<HostProcess>, Task<Proxy>> startProxy)
    {
        var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        simulator.Faults.Add("*", "slow~delay=90~share=0.5"); // 1.8 s a call, the others 0.2 s
        var fleet = new Fleet(simulator);
        try
        {
            await Task.WhenAll(fleet.Hosts.Select(host => host.StartAsync()));
            fleet.Proxy = await startProxy(fleet.Hosts);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Proxy is not null)
            await Proxy.DisposeAsync();
        foreach (var host in Hosts)
            await host.DisposeAsync();
        await _simulator.DisposeAsync();
    }
}
