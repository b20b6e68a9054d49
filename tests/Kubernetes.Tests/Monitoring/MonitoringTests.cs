using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serving.Kubernetes.Tests.Monitoring;

/// <summary>The monitoring finds the pods, and brings all rules and dashboards of the repository.</summary>
public sealed partial class MonitoringTests
{
    private const string RuleFile = "observability/kubernetes/prometheusrule.yml";

    private static readonly string[] Sources = ["recording", "alerts"];

    public static TheoryData<string> Hosts => [.. Overlay.Hosts];

    [Fact]
    public async Task PrometheusRule_ComparedWithItsSources_IsTheSame()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var file = Repository.PathOf(RuleFile);
        var generated = "# Generated from prometheus/recording.yml and alerts.yml: UPDATE_K8S=1 dotnet test tests/Kubernetes.Tests\n"
            + string.Join("---\n", await Task.WhenAll(Sources.Select(source => RuleAsync(source, cancellationToken))));
        if (Environment.GetEnvironmentVariable("UPDATE_K8S") == "1")
            await File.WriteAllTextAsync(file, generated, cancellationToken);

        Assert.Equal(generated, await File.ReadAllTextAsync(file, cancellationToken));
    }

    [Fact]
    public async Task Rendered_Rules_AreAllOfTheRepository()
    {
        var overlay = await Overlay.RenderAsync("overlays/monitoring");

        foreach (var source in Sources)
        {
            var written = Assert.Single(Yaml.Read(await File.ReadAllTextAsync(Repository.PathOf($"observability/prometheus/{source}.yml"), TestContext.Current.CancellationToken)));
            Assert.True(JsonNode.DeepEquals(written.At("groups"), overlay.One("PrometheusRule", $"serving-{source}").At("spec.groups")), $"{source}.yml is not what is rendered.");
        }
    }

    [Fact]
    public async Task Rendered_Dashboards_AreAllOfTheRepository()
    {
        var rendered = (await Overlay.RenderAsync("overlays/monitoring")).Of("ConfigMap").ToList();

        Assert.All(rendered, dashboard => Assert.Equal("1", dashboard.Map("metadata.labels")["grafana_dashboard"]));
        var files = Repository.Files("observability/grafana", "*.json").ToDictionary(file => Path.GetFileName(file), File.ReadAllText, StringComparer.Ordinal);
        Assert.NotEmpty(files);
        Assert.Equal(files, rendered.SelectMany(dashboard => dashboard.Map("data")).ToDictionary(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task ServiceMonitor_BesideAnOverlay_FindsItsService(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var monitor = (await Overlay.RenderAsync("overlays/monitoring")).One("ServiceMonitor");
        var labels = overlay.Service.Map("metadata.labels");

        Assert.Equal(overlay.Service.Namespace, monitor.Namespace);
        Assert.All(monitor.Map("spec.selector.matchLabels"), label => Assert.Equal(label.Value, labels[label.Key]));
        Assert.Contains(overlay.Service.Each("spec.ports"), port => port["name"] == Assert.Single(monitor.Each("spec.endpoints"))["port"]);
        // Rules and dashboards ask for this job.
        Assert.Equal("serving", labels[monitor["spec.jobLabel"]]);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Rules_ThatAskTheCluster_NameThePods(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var rules = await File.ReadAllTextAsync(Repository.PathOf("observability/prometheus/alerts.yml"), TestContext.Current.CancellationToken);
        var containers = Container().Matches(rules).Select(match => match.Groups["name"].Value).ToList();
        var pods = Pod().Matches(rules).Select(match => match.Groups["pattern"].Value).ToList();
        var limits = Limit().Matches(rules).Select(match => match.Groups["name"].Value).ToList();

        Assert.NotEmpty(containers);
        Assert.NotEmpty(pods);
        Assert.NotEmpty(limits);
        Assert.All(containers, container => Assert.Equal(overlay.Container["name"], container));
        Assert.All(pods, pattern => Assert.Matches($"^(?:{pattern})$", $"{overlay.Deployment.Name}-7d9f6c5b8-x2x4z"));
        Assert.All(limits, resource => Assert.NotNull(overlay.Container.At($"resources.limits.{resource}")));
    }

    private static async Task<string> RuleAsync(string source, CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(Repository.PathOf($"observability/prometheus/{source}.yml"), cancellationToken);
        return $"""
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata:
              name: serving-{source}
              labels:
                app.kubernetes.io/name: serving
            spec:
            {string.Join('\n', lines.Select(line => line.Length == 0 ? "" : $"  {line}"))}

            """;
    }

    [GeneratedRegex("\\bcontainer=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Container();

    [GeneratedRegex("\\bpod=~\"(?<pattern>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Pod();

    [GeneratedRegex("kube_pod_container_resource_limits\\{[^}]*resource=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Limit();
}
