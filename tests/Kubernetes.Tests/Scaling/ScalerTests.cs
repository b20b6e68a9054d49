namespace Serving.Kubernetes.Tests.Scaling;

/// <summary>The numbers of the scalers, which agree with each other.</summary>
public sealed class ScalerTests
{
    public static TheoryData<string> WithHpa => ["base", "overlays/production", "overlays/inflight-hpa"];

    [Theory]
    [MemberData(nameof(WithHpa))]
    public async Task Hpa_Numbers_AreThePromised(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var scaler = overlay.One("HorizontalPodAutoscaler");
        var resources = scaler.Each("spec.metrics").Where(metric => metric["type"] == "Resource")
            .ToDictionary(metric => metric["resource.name"], metric => metric.Number("resource.target.averageUtilization"), StringComparer.Ordinal);

        Assert.Equal(overlay.Deployment.Name, scaler["spec.scaleTargetRef.name"]);
        Assert.Equal(3, scaler.Number("spec.minReplicas"));
        Assert.Equal(20, scaler.Number("spec.maxReplicas"));
        Assert.Equal(new() { ["cpu"] = 70, ["memory"] = 80 }, resources);
        Assert.All(resources.Keys, resource => Assert.NotNull(overlay.Container.At($"resources.requests.{resource}")));
        AssertBehaviour(new Manifest(scaler.At("spec.behavior")!)); // it is there, or the test fails
    }

    [Fact]
    public async Task ScaledObject_BesideTheHpas_HasTheSameNumbers()
    {
        var keda = await Overlay.RenderAsync("overlays/keda");
        var scaled = keda.One("ScaledObject");
        var inflight = await Overlay.RenderAsync("overlays/inflight-hpa");
        var metrics = inflight.One("HorizontalPodAutoscaler").Each("spec.metrics").ToList();
        var triggers = scaled.Each("spec.triggers").ToDictionary(trigger => trigger["type"], StringComparer.Ordinal);

        Assert.Equal(3, scaled.Number("spec.minReplicaCount"));
        Assert.Equal(20, scaled.Number("spec.maxReplicaCount"));
        Assert.InRange(scaled.Number("spec.fallback.replicas"), 3, 20);
        AssertBehaviour(new Manifest(scaled.At("spec.advanced.horizontalPodAutoscalerConfig.behavior")!)); // it is there, or the test fails
        Assert.Equal(metrics.Single(metric => metric["type"] == "Pods")["pods.target.averageValue"], triggers["prometheus"]["metadata.threshold"]);
        Assert.All(["cpu", "memory"], resource => Assert.Equal(
            metrics.Single(metric => metric["type"] == "Resource" && metric["resource.name"] == resource)["resource.target.averageUtilization"], triggers[resource]["metadata.value"]));
    }

    [Theory]
    [InlineData("overlays/inflight-hpa")]
    [InlineData("overlays/keda")]
    public async Task InFlight_PerPod_LeavesRoomForWhatComesMeanwhile(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var target = folder == "overlays/keda"
            ? Quantity.Parse(overlay.One("ScaledObject").Each("spec.triggers").First()["metadata.threshold"])
            : Quantity.Parse(overlay.One("HorizontalPodAutoscaler")["spec.metrics.0.pods.target.averageValue"]);

        Assert.Equal(Quantity.Parse(overlay.Environment["MAX_CONCURRENT_REQUESTS"]) / 2, target);
    }

    [Fact]
    public async Task InFlight_MetricOfTheAdapter_IsTheHosts()
    {
        var overlay = await Overlay.RenderAsync("overlays/inflight-hpa");
        var rule = Assert.Single(Assert.Single(Yaml.Read(overlay.One("ConfigMap", "serving-adapter-rules").Map("data")["config.yaml"])).Each("rules"));
        var metric = overlay.One("HorizontalPodAutoscaler")["spec.metrics.0.pods.metric.name"];
        var query = (await Overlay.RenderAsync("overlays/keda")).One("ScaledObject").Each("spec.triggers").First()["metadata.query"];

        Assert.Equal(metric, rule["name.as"]);
        Assert.StartsWith($"{metric}{{", rule["seriesQuery"]);
        Assert.Contains($"| `{metric}` | gauge |", await File.ReadAllTextAsync(Repository.PathOf("docs/metrics.md"), TestContext.Current.CancellationToken));
        Assert.Equal($"sum({metric}{{namespace=\"{overlay.Deployment.Namespace}\", job=\"serving\"}})", query);
    }

    private static void AssertBehaviour(Manifest behaviour)
    {
        Assert.Equal(0, behaviour.Number("scaleUp.stabilizationWindowSeconds"));
        Assert.Equal("Max", behaviour["scaleUp.selectPolicy"]);
        Assert.Equal([("Percent", 100, 30), ("Pods", 4, 30)], Policies("scaleUp"));
        Assert.Equal(300, behaviour.Number("scaleDown.stabilizationWindowSeconds"));
        Assert.Equal([("Percent", 50, 60)], Policies("scaleDown"));

        IEnumerable<(string, int, int)> Policies(string direction) =>
            behaviour.Each($"{direction}.policies").Select(policy => (policy["type"], policy.Number("value"), policy.Number("periodSeconds")));
    }
}
