using System.Net;

namespace Serving.Kubernetes.Tests.Relations;

/// <summary>The other end of a connection: a pod of a namespace, or an address outside of the cluster.</summary>
internal sealed record Peer(string? Namespace, IReadOnlyDictionary<string, string> Labels, IPAddress? Address)
{
    public static Peer Pod(string space, string name = "any") =>
        new(space, new Dictionary<string, string>(StringComparer.Ordinal) { ["app.kubernetes.io/name"] = name }, null);

    public static Peer At(string address) => new(null, new Dictionary<string, string>(StringComparer.Ordinal), IPAddress.Parse(address));
}

/// <summary>Asks a NetworkPolicy as the cluster does: what is not allowed by a rule is cut.</summary>
internal sealed class Flow(Manifest policy, Manifest container)
{
    public bool LetsIn(Peer from, int port) => Allows("ingress", "from", from, port, "TCP");

    public bool LetsOut(Peer to, int port, string protocol = "TCP") => Allows("egress", "to", to, port, protocol);

    private bool Allows(string direction, string side, Peer peer, int port, string protocol) => policy.Each($"spec.{direction}")
        .Any(rule => rule.Each(side).Any(entry => Fits(entry, peer)) && rule.Each("ports").Any(entry => Fits(entry, port, protocol)));

    private bool Fits(Manifest entry, int port, string protocol)
    {
        var text = entry["port"];
        var number = container.Each("ports").FirstOrDefault(named => named["name"] == text)?.Number("containerPort") ?? entry.Number("port");
        return number == port && (entry.At("protocol") is null ? "TCP" : entry["protocol"]) == protocol;
    }

    private static bool Fits(Manifest entry, Peer peer)
    {
        if (entry.At("ipBlock") is not null)
            return peer.Address is { } address && In(entry["ipBlock.cidr"], address) && !entry.Texts("ipBlock.except").Any(range => In(range, address));
        return peer.Namespace is { } space
            && entry.Map("namespaceSelector.matchLabels").All(label => label.Key == "kubernetes.io/metadata.name" && label.Value == space)
            && entry.Map("podSelector.matchLabels").All(label => peer.Labels.GetValueOrDefault(label.Key) == label.Value);
    }

    private static bool In(string range, IPAddress address) => IPNetwork.Parse(range) is var network && network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);
}
