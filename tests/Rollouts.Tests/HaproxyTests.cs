using Serving.Rollouts.Tests.Running;

namespace Serving.Rollouts.Tests;

/// <summary>Behind HAProxy, as docs/proxies.md sets it up.</summary>
public sealed class HaproxyTests : ProxyTests
{
    /// <inheritdoc/>
    protected override string Name => "haproxy";

    private protected override Task<Proxy> StartAsync(IReadOnlyList<HostProcess> hosts) => Proxy.StartHaproxyAsync(hosts);

    private protected override string NameOf(Fleet fleet, HostProcess host) => $"serving/host{fleet.Hosts.IndexOf(host) + 1}";
}
