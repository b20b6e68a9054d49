using System.Net;
using System.Net.Sockets;
using Serving.Host.Commands.Checks;
using Serving.Providers.Catalog;

namespace Serving.Host.Tests.Commands.Checks;

public sealed class MachineChecksTests
{
    [Theory]
    [InlineData(1000 * MachineChecks.PerStream, Outcome.Pass)]
    [InlineData((1000 * MachineChecks.PerStream) - 1, Outcome.Warn)]
    [InlineData(-1, Outcome.Fail)]
    internal void Memory_BesideStreams_IsJudged(long beyondIdle, Outcome expected) =>
        Assert.Equal(expected, On(machine => machine with { Memory = MachineChecks.Idle + beyondIdle }).LookForOne("memory").Outcome);

    [Theory]
    [InlineData(2256, Outcome.Pass)]
    [InlineData(2255, Outcome.Warn)]
    internal void Files_BesideRequests_AreJudged(long files, Outcome expected) => Assert.Equal(expected, On(machine => machine with { Files = files }).LookForOne("files").Outcome);

    [Theory]
    [InlineData(PortState.Free, Outcome.Pass, 1)]
    [InlineData(PortState.Taken, Outcome.Fail, 2)]
    [InlineData(PortState.Denied, Outcome.Fail, 2)]
    [InlineData(PortState.Elsewhere, Outcome.Fail, 2)]
    internal void Ports_InSomeState_AreJudged(PortState state, Outcome expected, int findings)
    {
        var found = On(machine => machine with { Listen = _ => state }).Look("ports");

        Assert.Equal(findings, found.Count);
        Assert.All(found, finding => Assert.Equal(expected, finding.Outcome));
    }

    [Theory]
    [InlineData("127.0.0.1", true, Outcome.Warn)]
    [InlineData("localhost", true, Outcome.Warn)]
    [InlineData("*", true, Outcome.Pass)]
    [InlineData("127.0.0.1", false, Outcome.Pass)]
    internal void Ports_OnTheLoopbackInterface_AreDoubtfulInACluster(string address, bool isInCluster, Outcome expected)
    {
        var facts = SetUp.Of(("BIND_ADDRESS", address));

        Assert.Equal(expected, (facts with { Machine = facts.Machine with { IsInCluster = isInCluster } }).LookForOne("ports").Outcome);
    }

    [Fact]
    public void Ports_UrlsGiven_OnlyThatOfMetricsIsTried()
    {
        var tried = new List<int>();
        var facts = SetUp.Of(("urls", "http://localhost:1"), ("PORT", "2"), ("METRICS_PORT", "3"));

        (facts with { Machine = facts.Machine with { Listen = address => { tried.Add(address.Port); return PortState.Free; } } }).LookForOne("ports");

        Assert.Equal([3], tried);
    }

    [Fact]
    public void Listen_RealPorts_TellsWhichIsTaken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        Assert.Equal(PortState.Taken, MachineReader.Listen((IPEndPoint)other.LocalEndpoint));
        Assert.Equal(PortState.Free, MachineReader.Listen(new IPEndPoint(IPAddress.IPv6Any, 0)));
        Assert.Equal(PortState.Elsewhere, MachineReader.Listen(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)));
    }

    [Theory]
    [InlineData(0, Outcome.Pass)]
    [InlineData(6, Outcome.Warn)]
    [InlineData(-6, Outcome.Warn)]
    [InlineData(301, Outcome.Fail)]
    internal void Clock_BesideAProviders_IsJudged(int seconds, Outcome expected)
    {
        var facts = On(machine => machine) with { Contacts = [new ProviderContact("openai", TimeSpan.Zero) { Date = SetUp.Now.AddSeconds(seconds) }, new ProviderContact("other", TimeSpan.Zero)] };

        Assert.Equal(expected, facts.LookForOne("clock").Outcome);
    }

    [Fact]
    public void Clock_OneProvidersIsWrong_BelievesTheOther()
    {
        var facts = On(machine => machine) with
        {
            Contacts = [new ProviderContact("a", TimeSpan.Zero) { Date = SetUp.Now.AddHours(1) }, new ProviderContact("b", TimeSpan.Zero) { Date = SetUp.Now }],
        };

        Assert.Equal(Outcome.Pass, facts.LookForOne("clock").Outcome);
    }

    [Fact]
    public void Clock_BeforeTheRelease_Fails() => Assert.Equal(Outcome.Fail, On(machine => machine with { Now = DateTimeOffset.UnixEpoch }).LookForOne("clock").Outcome);

    private static Facts On(Func<Machine, Machine> change)
    {
        var facts = SetUp.Of();
        return facts with { Machine = change(facts.Machine) };
    }
}
