using System.Diagnostics;
using System.Globalization;
using Serving.Rollouts.Tests.Load;
using Serving.Rollouts.Tests.Running;

namespace Serving.Rollouts.Tests;

/// <summary>
/// Three hosts behind a proxy, under load. <c>ROLLOUT_ROUNDS</c> sets the rounds; a round restarts each host once, or kills one, in an order and at moments that its seed chooses.
/// </summary>
public abstract class ProxyTests
{
    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("ROLLOUT_ROUNDS") ?? "3", CultureInfo.InvariantCulture);

    /// <summary>The program.</summary>
    protected abstract string Name { get; }

    /// <summary>Starts the proxy before these hosts.</summary>
    private protected abstract Task<Proxy> StartAsync(IReadOnlyList<HostProcess> hosts);

    [Fact]
    public async Task Restart_OfEachHostInTurn_LosesNoRequestAndCutsNoStream()
    {
        await using var fleet = await StartFleetAsync();
        await using var load = new MixedLoad(fleet.Proxy!.Address, seed: 1); // started with the fleet
        List<TimeSpan> drains = [];

        await ForEachAsync(fleet, load, hostsInRound: 3, async host => drains.Add(await host.StopAsync()));

        Tell(await load.EndAsync(), $"{drains.Count} restarts, each {drains.Min().TotalSeconds:0.0} to {drains.Max().TotalSeconds:0.0} s from the signal to the end");
        Assert.All(load.Ended, exchange => Assert.Equal(Outcome.Good, exchange.Outcome));
        // Most, since a proxy that learns from requests now and then finds the port closed first, and loses nothing by it.
        Assert.True(fleet.Proxy.HostsTakenOut >= drains.Count * 0.75, $"{drains.Count} hosts went down, and /ready told the proxy of {fleet.Proxy.HostsTakenOut}.");
    }

    [Fact]
    public async Task Kill_OfAHost_LosesOnlyWhatItHadInFlight()
    {
        await using var fleet = await StartFleetAsync();
        await using var load = new MixedLoad(fleet.Proxy!.Address, seed: 2); // started with the fleet
        List<(HostProcess Host, long Killed)> kills = [];

        await ForEachAsync(fleet, load, hostsInRound: 1, async host =>
        {
            await host.KillAsync();
            kills.Add((host, Stopwatch.GetTimestamp()));
        });

        Tell(await load.EndAsync(), $"{kills.Count} hosts killed");
        Assert.All(load.Ended, exchange => Assert.NotEqual(Outcome.Wrong, exchange.Outcome));
        var lost = load.Ended.Where(exchange => exchange.Outcome != Outcome.Good).ToList();
        Assert.Contains(lost, exchange => exchange.Outcome == Outcome.Refused);
        Assert.Contains(lost, exchange => exchange.Outcome == Outcome.Truncated);
        // Each was sent before a kill, and its last word is that it went to the host that was killed.
        Assert.Empty(lost
            .Where(exchange => !kills.Exists(kill => exchange.Started < kill.Killed && fleet.Proxy.LogOf(exchange).Contains(NameOf(fleet, kill.Host), StringComparison.Ordinal)))
            .Select(exchange => $"{exchange}: {fleet.Proxy.LogOf(exchange)}"));
    }

    /// <summary>How the proxy's log names a host.</summary>
    private protected abstract string NameOf(Fleet fleet, HostProcess host);

    private static async Task ForEachAsync(Fleet fleet, MixedLoad load, int hostsInRound, Func<HostProcess, Task> endAsync)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            var hosts = fleet.Hosts.ToArray();
            random.Shuffle(hosts);
            foreach (var host in hosts.Take(hostsInRound))
            {
                await load.MoreAsync(random.Next(1, 30));
                await endAsync(host);
                await host.StartAsync();
                await host.ServesAsync();
            }
        }
    }

    private static void Tell(IReadOnlyCollection<Exchange> ended, string what)
    {
        var kinds = ended.CountBy(exchange => exchange.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Value} {kind.Key}");
        var outcomes = Enum.GetValues<Outcome>().Select(outcome => $"{ended.Count(exchange => exchange.Outcome == outcome)} {outcome}");
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine($"{Rounds} rounds, {what}. {ended.Count} requests ({string.Join(", ", kinds)}): {string.Join(", ", outcomes)}.");
        foreach (var exchange in ended.Where(exchange => exchange.Outcome != Outcome.Good).Take(10))
            output?.WriteLine($"{exchange}");
    }

    private async Task<Fleet> StartFleetAsync()
    {
        Assert.SkipWhen(
            await Command.IsMissingAsync(Name, TestContext.Current.CancellationToken), $"'{Name}' is not on the PATH; it must be where CI=true. Debian has it in the package {Name}.");
        return await Fleet.StartAsync(StartAsync);
    }
}
