using System.Globalization;
using Serving.Kubernetes.Tests.Scaling;

namespace Serving.Kubernetes.Tests.Relations;

/// <summary>The ingress neither cuts nor delays what the host gives, and does not refuse what it would take.</summary>
public sealed class IngressTests
{
    private const string Prefix = "nginx.ingress.kubernetes.io/";

    public static TheoryData<string> Hosts => [.. Overlay.Hosts];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Streams_ThroughTheIngress_AreNeitherBufferedNorCut(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var annotations = overlay.One("Ingress").Map("metadata.annotations");

        Assert.Equal("off", annotations[Prefix + "proxy-buffering"]);
        Assert.True(Number(annotations, "proxy-read-timeout") > overlay.Seconds("STREAM_TIMEOUT"));
        Assert.True(Number(annotations, "proxy-send-timeout") > overlay.Seconds("STREAM_TIMEOUT"));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Limits_OfTheIngress_AreAboveTheHosts(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var annotations = overlay.One("Ingress").Map("metadata.annotations");
        var body = annotations[Prefix + "proxy-body-size"];

        Assert.EndsWith("m", body);
        Assert.True(int.Parse(body[..^1], CultureInfo.InvariantCulture) * 1024L * 1024 > long.Parse(overlay.Environment["MAX_BODY_BYTES"], CultureInfo.InvariantCulture));
        Assert.True(Number(annotations, "limit-rps") >= 10 * Sizing.PromisedRate, "A load test from one address brings ten times the promised load.");
        Assert.True(Number(annotations, "limit-connections") >= 10 * Sizing.PromisedRate * Sizing.SecondsInFlight, "A load test from one address holds that many connections.");
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Hosts_OfTheRules_HaveACertificate(string folder)
    {
        var ingress = (await Overlay.RenderAsync(folder)).One("Ingress");
        var secured = ingress.Each("spec.tls").SelectMany(tls => tls.Texts("hosts")).ToList();

        Assert.Equal(folder == "overlays/dev" ? [] : ingress.Each("spec.rules").Select(rule => rule["host"]), secured);
    }

    private static int Number(IReadOnlyDictionary<string, string> annotations, string name) => int.Parse(annotations[Prefix + name], CultureInfo.InvariantCulture);
}
