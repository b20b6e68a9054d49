namespace Serving.Kubernetes.Tests.Relations;

/// <summary>What objects say of each other is true.</summary>
public sealed class WorkloadTests
{
    private static readonly string[] WithoutNamespace = ["Namespace"];

    public static TheoryData<string> Hosts => [.. Overlay.Hosts];

    public static TheoryData<string> Whole => [.. Overlay.Whole];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Selectors_OfAllObjects_SelectThePods(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var labels = overlay.Deployment.Map("spec.template.metadata.labels");
        (string Of, IReadOnlyDictionary<string, string> Selector)[] selectors =
        [
            ("Deployment", overlay.Deployment.Map("spec.selector.matchLabels")),
            ("Service", overlay.Service.Map("spec.selector")),
            ("PodAntiAffinity", overlay.Pod.Map("affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.podAffinityTerm.labelSelector.matchLabels")),
            .. overlay.Pod.Each("topologySpreadConstraints").Select(spread => (spread["topologyKey"], spread.Map("labelSelector.matchLabels"))),
            .. overlay.Of("PodDisruptionBudget").Concat(overlay.Of("NetworkPolicy")).Select(manifest =>
                (manifest.Kind, manifest.At("spec.selector") is null ? manifest.Map("spec.podSelector.matchLabels") : manifest.Map("spec.selector.matchLabels"))),
        ];

        Verdict.None(selectors.Where(selector => selector.Selector.Count == 0 || selector.Selector.Any(label => labels.GetValueOrDefault(label.Key) != label.Value))
            .Select(selector => $"{folder}: the selector of {selector.Of} does not fit the pods."));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Names_ThatObjectsGive_AreThere(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var pod = overlay.Pod;
        var ports = overlay.Container.Each("ports").Select(port => port["name"]).ToList();
        var volumes = pod.Each("volumes").Select(volume => volume["name"]).ToList();
        string[] problems =
        [
            .. overlay.Of("HorizontalPodAutoscaler").Concat(overlay.Of("ScaledObject"))
                .Where(scaler => scaler["spec.scaleTargetRef.name"] != overlay.Deployment.Name).Select(scaler => $"{scaler} scales what is not there."),
            .. overlay.Service.Each("spec.ports").Where(port => !ports.Contains(port["targetPort"])).Select(port => $"The Service leads to {port["targetPort"]}, which the container has not."),
            .. Backends(overlay).Where(backend => backend["name"] != overlay.Service.Name || overlay.Service.Each("spec.ports").All(port => port["name"] != backend["port.name"]))
                .Select(backend => $"The Ingress leads to {backend["name"]}, which is not there."),
            .. overlay.Container.Each("volumeMounts").Where(mount => !volumes.Contains(mount["name"])).Select(mount => $"The volume {mount["name"]} is not there."),
            .. Probes(overlay).Where(probe => !ports.Contains(probe["httpGet.port"])).Select(probe => $"A probe asks {probe["httpGet.port"]}, which the container has not."),
        ];

        Assert.Equal(3, Probes(overlay).Count());
        Assert.NotEmpty(Backends(overlay));
        Verdict.None(problems);
    }

    [Theory]
    [MemberData(nameof(Whole))]
    public async Task Objects_ThatAPodNeeds_AreRendered(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);

        Assert.Equal(overlay.Pod["serviceAccountName"], overlay.One("ServiceAccount").Name);
        Assert.Equal("false", overlay.One("ServiceAccount")["automountServiceAccountToken"]);
        Assert.Equal("false", overlay.Pod["automountServiceAccountToken"]);
        var space = overlay.One("Namespace").Name;
        Assert.NotEmpty(overlay.Of("NetworkPolicy"));
        Assert.NotEmpty(overlay.Of("PodDisruptionBudget"));
        Assert.NotEmpty(overlay.Of("Ingress"));
        Verdict.None(overlay.All
            .Where(manifest => !WithoutNamespace.Contains(manifest.Kind) && manifest.Name != "serving-adapter-rules" && manifest.Namespace != space)
            .Select(manifest => $"{folder}: {manifest} is in the namespace {manifest.Namespace}."));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Replicas_WhereSomethingScales_AreNotSet(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var scalers = overlay.Of("HorizontalPodAutoscaler").Concat(overlay.Of("ScaledObject")).Count();

        Assert.InRange(scalers, 0, 1);
        Assert.Equal(scalers == 0, overlay.Deployment.At("spec.replicas") is not null);
    }

    [Fact]
    public async Task Canary_BesideProduction_SharesNothingThatSelects()
    {
        var canary = await Overlay.RenderAsync("overlays/canary");
        var production = await Overlay.RenderAsync("overlays/production");

        Assert.NotEqual(production.Service.Map("spec.selector"), canary.Service.Map("spec.selector"));
        Assert.DoesNotContain(canary.All, manifest => production.All.Any(other => other.Kind == manifest.Kind && other.Name == manifest.Name));
        Assert.Equal("true", canary.One("Ingress").Map("metadata.annotations")["nginx.ingress.kubernetes.io/canary"]);
        Assert.Equal(production.One("Ingress")["spec.rules.0.host"], canary.One("Ingress")["spec.rules.0.host"]);
        // It runs as production's account, under production's policy.
        Assert.Equal(production.One("ServiceAccount").Name, canary.Pod["serviceAccountName"]);
        var labels = canary.Deployment.Map("spec.template.metadata.labels");
        Assert.All(production.One("NetworkPolicy").Map("spec.podSelector.matchLabels"), label => Assert.Equal(label.Value, labels[label.Key]));
    }

    private static IEnumerable<Manifest> Probes(Overlay overlay) =>
        new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(probe => new Manifest(overlay.Container.At(probe)!)); // each is wanted

    private static IEnumerable<Manifest> Backends(Overlay overlay) => overlay.Of("Ingress")
        .SelectMany(ingress => ingress.Each("spec.rules")).SelectMany(rule => rule.Each("http.paths")).Select(path => new Manifest(path.At("backend.service")!)); // to Services alone
}
