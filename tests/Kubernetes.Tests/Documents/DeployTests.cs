using System.Globalization;
using System.Text.RegularExpressions;

namespace Serving.Kubernetes.Tests.Documents;

/// <summary>What docs/deploy.md shows works, and what it says stands in the manifests.</summary>
public sealed partial class DeployTests
{
    private static readonly Markdown Document = Markdown.Read(Repository.PathOf("docs/deploy.md"));

    private static string Text => File.ReadAllText(Document.File);

    private static IReadOnlyList<CodeBlock> Blocks => [.. Document.Blocks.Where(block => block.Language == "YAML")];

    public static TheoryData<int> Kustomizations => [.. Enumerable.Range(0, Blocks.Count)];

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public async Task Block_AsAnOverlay_Renders(int number)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("serving-k8s-").FullName;
        try
        {
            foreach (var file in Repository.Files("k8s", "*"))
                Write(Path.Combine(folder, Repository.Relative(file)), await File.ReadAllTextAsync(file, cancellationToken));
            Write(Path.Combine(folder, "k8s/overlays/mine/kustomization.yaml"), Blocks[number].Text);

            var overlay = await Overlay.RenderFolderAsync(Path.Combine(folder, "k8s/overlays/mine"));

            var production = await Overlay.RenderAsync("overlays/production");
            Assert.Equal(production.All.Select(manifest => manifest.Kind), overlay.All.Select(manifest => manifest.Kind));
            Assert.Contains(overlay.All, manifest => production.All.All(other => !System.Text.Json.Nodes.JsonNode.DeepEquals(other.Root, manifest.Root)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Paths_ThatItNames_AreThere()
    {
        var named = NamedPath().Matches(Text).Select(match => match.Value.TrimEnd('.', '/')).Distinct(StringComparer.Ordinal)
            .Where(path => !path.StartsWith("k8s/overlays/mine", StringComparison.Ordinal) && path != "k8s/base/secret.yaml").ToList();

        Assert.NotEmpty(named);
        Verdict.None(named.Where(path => !Path.Exists(Repository.PathOf(path))));
    }

    [Fact]
    public async Task Upgrade_InItsSteps_HasTheTimesOfTheManifests()
    {
        var overlay = await Overlay.RenderAsync("overlays/production");
        FormattableString[] steps =
        [
            $"still serves for {overlay.Container["lifecycle.preStop.sleep.seconds"]} s (`preStop`)",
            $"for another {overlay.Environment["SHUTDOWN_DELAY"]} s (`SHUTDOWN_DELAY`)",
            $"for up to {overlay.Environment["DRAIN_TIMEOUT"]} s (`DRAIN_TIMEOUT`)",
            $"After {overlay.Pod["terminationGracePeriodSeconds"]} s the kubelet",
            $"| CPU requested | {overlay.Container["resources.requests.cpu"]} |",
            $"| CPU limit | {overlay.Container["resources.limits.cpu"]} |",
            $"| memory, requested and limit | {Quantity.Parse(overlay.Container["resources.limits.memory"]) / 1024 / 1024} MiB |",
        ];

        Assert.All(steps, step => Assert.Contains(step.ToString(CultureInfo.InvariantCulture), Text));
    }

    private static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!); // a file has a folder
        File.WriteAllText(file, text);
    }

    [GeneratedRegex(@"\b(k8s|tests/Kubernetes\.Tests|observability)/[A-Za-z0-9_./-]+")]
    private static partial Regex NamedPath();
}
