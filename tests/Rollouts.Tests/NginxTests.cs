using Serving.Rollouts.Tests.Running;

namespace Serving.Rollouts.Tests;

/// <summary>Behind nginx, as docs/proxies.md sets it up.</summary>
public sealed class NginxTests : ProxyTests
{
    /// <inheritdoc/>
    protected override string Name => "nginx";

    private protected override Task<Proxy> StartAsync(IReadOnlyList<HostProcess> hosts) => Proxy.StartNginxAsync(hosts);

    private protected override string NameOf(Fleet fleet, HostProcess host) => host.Address;
}
