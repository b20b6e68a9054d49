using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Serving.Host;

namespace Serving.Kubernetes.Tests.Relations;

/// <summary>Pods start, drain and are confined as promised.</summary>
public sealed class DeploymentTests
{
    public static TheoryData<string> Hosts => [.. Overlay.Hosts];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Rollout_WithStreamsOpen_LetsTheLongestEnd(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var stream = overlay.Seconds("STREAM_TIMEOUT");
        var drain = HostsOwnLimit(overlay).TotalSeconds;
        var preStop = overlay.Container.Number("lifecycle.preStop.sleep.seconds");
        var grace = overlay.Pod.Number("terminationGracePeriodSeconds");

        Assert.True(overlay.Seconds("REQUEST_TIMEOUT") <= stream);
        Assert.True(overlay.Seconds("DRAIN_TIMEOUT") > stream, "A stream that begins last has to end within DRAIN_TIMEOUT.");
        Assert.True(grace > stream + preStop, "The grace period has to be longer than the longest stream after preStop.");
        Assert.True(grace - preStop >= drain, $"The host drains for up to {drain} s, and has {grace - preStop}.");
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Rollout_AtAnyTime_KeepsAllPods(string folder)
    {
        var strategy = (await Overlay.RenderAsync(folder)).Deployment;

        Assert.Equal("RollingUpdate", strategy["spec.strategy.type"]);
        Assert.Equal("1", strategy["spec.strategy.rollingUpdate.maxSurge"]);
        Assert.Equal("0", strategy["spec.strategy.rollingUpdate.maxUnavailable"]);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Probes_OfTheContainer_AskTheRightRoute(string folder)
    {
        var container = (await Overlay.RenderAsync(folder)).Container;

        Assert.Equal("/health", container["startupProbe.httpGet.path"]);
        Assert.Equal("/health", container["livenessProbe.httpGet.path"]);
        Assert.Equal("/ready", container["readinessProbe.httpGet.path"]);
        Assert.All(new[] { "startupProbe", "livenessProbe", "readinessProbe" }, probe =>
        {
            Assert.Equal(3, container.Number($"{probe}.timeoutSeconds"));
            Assert.Equal("http", container[$"{probe}.httpGet.port"]);
        });
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Ports_OfContainerAndService_AreTheHosts(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var container = overlay.Container.Each("ports").ToDictionary(port => port["name"], port => port["containerPort"], StringComparer.Ordinal);
        var service = overlay.Service.Each("spec.ports").ToDictionary(port => port["name"], port => port["port"], StringComparer.Ordinal);

        Assert.Equal(new() { ["http"] = overlay.Environment["PORT"], ["metrics"] = overlay.Environment["METRICS_PORT"] }, container);
        Assert.Equal(new() { ["http"] = "80", ["metrics"] = "9090" }, service);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Container_InThePod_HasNoRights(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var (pod, container) = (overlay.Pod, overlay.Container);

        Assert.Equal("true", pod["securityContext.runAsNonRoot"]);
        Assert.Equal("1000", pod["securityContext.runAsUser"]);
        Assert.Equal("1000", pod["securityContext.runAsGroup"]);
        Assert.Equal("RuntimeDefault", pod["securityContext.seccompProfile.type"]);
        Assert.Equal("false", container["securityContext.allowPrivilegeEscalation"]);
        Assert.Equal("true", container["securityContext.readOnlyRootFilesystem"]);
        Assert.Equal(["ALL"], container.Texts("securityContext.capabilities.drop"));
        Assert.Empty(container.Texts("securityContext.capabilities.add"));
        // Keys to read, and nothing to write to.
        Assert.NotNull(Assert.Single(pod.Each("volumes")).At("secret"));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Resources_OfTheContainer_LeaveMemoryBesideTheHeap(string folder)
    {
        var container = (await Overlay.RenderAsync(folder)).Container;
        var memory = Quantity.Parse(container["resources.limits.memory"]);
        // The garbage collector takes three quarters of a container's limit at most, unless it is told otherwise.
        var besides = memory / 4;

        Assert.True(Quantity.Parse(container["resources.requests.cpu"]) <= Quantity.Parse(container["resources.limits.cpu"]));
        // Memory that is promised to nobody else: a node that runs out of it kills who uses more than was asked for.
        Assert.Equal(container["resources.requests.memory"], container["resources.limits.memory"]);
        Assert.True(besides >= Quantity.Parse("64Mi"), $"{folder}: {besides} bytes beside the heap are too few for code, threads and sockets.");
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Pods_OverNodesAndZones_AreSpread(string folder)
    {
        var pod = (await Overlay.RenderAsync(folder)).Pod;

        Assert.Equal(["topology.kubernetes.io/zone", "kubernetes.io/hostname"], pod.Each("topologySpreadConstraints").Select(spread => spread["topologyKey"]));
        Assert.Equal("kubernetes.io/hostname", pod["affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.podAffinityTerm.topologyKey"]);
    }

    /// <summary>After which the host stops whatever it still does.</summary>
    private static TimeSpan HostsOwnLimit(Overlay overlay)
    {
        string[] times = ["REQUEST_TIMEOUT", "STREAM_TIMEOUT", "SHUTDOWN_DELAY", "DRAIN_TIMEOUT"];
        using var app = ServingHost.Create([.. times.Select(key => $"--{key}={overlay.Environment[key]}")]);
        return app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
    }
}
