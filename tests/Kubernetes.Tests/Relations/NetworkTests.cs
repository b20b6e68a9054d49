namespace Serving.Kubernetes.Tests.Relations;

/// <summary>The policy lets through what the host lives on, and nothing else.</summary>
public sealed class NetworkTests
{
    public static TheoryData<string> Whole => [.. Overlay.Whole];

    [Theory]
    [MemberData(nameof(Whole))]
    public async Task Policy_ForWhoCalls_OpensEachPortToItsOwn(string folder)
    {
        var flow = await FlowAsync(folder);

        Assert.True(flow.LetsIn(Peer.Pod("ingress-nginx"), 8080));
        Assert.True(flow.LetsIn(Peer.Pod("monitoring"), 9090));
        Assert.False(flow.LetsIn(Peer.Pod("ingress-nginx"), 9090));
        Assert.False(flow.LetsIn(Peer.Pod("monitoring"), 8080));
        Assert.False(flow.LetsIn(Peer.Pod("default"), 8080));
        Assert.False(flow.LetsIn(Peer.At("203.0.113.7"), 8080));
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public async Task Policy_ForWhatIsCalled_OpensNamesProvidersRedisAndCollector(string folder)
    {
        var flow = await FlowAsync(folder);

        Assert.True(flow.LetsOut(Peer.Pod("kube-system"), 53, "UDP"));
        Assert.True(flow.LetsOut(Peer.Pod("kube-system"), 53));
        Assert.True(flow.LetsOut(Peer.At("169.254.20.10"), 53, "UDP"));
        Assert.True(flow.LetsOut(Peer.At("203.0.113.7"), 443));
        Assert.True(flow.LetsOut(Peer.At("2001:db8::7"), 443));
        Assert.True(flow.LetsOut(Peer.Pod("data", "redis"), 6379));
        Assert.True(flow.LetsOut(Peer.Pod("monitoring"), 4317));
        Assert.True(flow.LetsOut(Peer.Pod("monitoring"), 4318));
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public async Task Policy_ForTheInsideOfTheCluster_IsClosed(string folder)
    {
        var flow = await FlowAsync(folder);

        Assert.False(flow.LetsOut(Peer.At("169.254.169.254"), 443));
        Assert.False(flow.LetsOut(Peer.At("10.0.0.1"), 443));
        Assert.False(flow.LetsOut(Peer.At("192.168.1.1"), 443));
        Assert.False(flow.LetsOut(Peer.At("fd00::1"), 443));
        Assert.False(flow.LetsOut(Peer.At("203.0.113.7"), 80));
        Assert.False(flow.LetsOut(Peer.At("203.0.113.7"), 53, "UDP"));
        Assert.False(flow.LetsOut(Peer.Pod("data", "postgres"), 6379));
        Assert.False(flow.LetsOut(Peer.Pod("kube-system"), 443));
    }

    private static async Task<Flow> FlowAsync(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var policy = overlay.One("NetworkPolicy");
        Assert.Equal(["Ingress", "Egress"], policy.Texts("spec.policyTypes"));
        return new Flow(policy, overlay.Container);
    }
}
