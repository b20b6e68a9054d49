using System.Collections.Concurrent;
using System.Globalization;

namespace Serving.Kubernetes.Tests.Manifests;

/// <summary>What <c>kubectl kustomize</c> makes of a folder.</summary>
internal sealed class Overlay
{
    private static readonly ConcurrentDictionary<string, Task<Overlay>> Rendered = new(StringComparer.Ordinal);

    private Overlay(string folder, IReadOnlyList<Manifest> all)
    {
        Folder = folder;
        All = all;
    }

    /// <summary>Those that run the host.</summary>
    public static IEnumerable<string> Hosts => ["base", "overlays/dev", "overlays/production", "overlays/inflight-hpa", "overlays/keda", "overlays/canary"];

    /// <summary>Those that run it by themselves: a canary borrows what it shares with production.</summary>
    public static IEnumerable<string> Whole => Hosts.Where(folder => folder != "overlays/canary");

    public string Folder { get; }

    public IReadOnlyList<Manifest> All { get; }

    public Manifest Deployment => One("Deployment");

    public Manifest Pod => new(Deployment.At("spec.template.spec")!); // every Deployment has one

    public Manifest Container => Assert.Single(Pod.Each("containers"));

    public Manifest Service => One("Service");

    /// <summary>The environment that the container is given.</summary>
    public IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            var source = Assert.Single(Container.Each("envFrom"));
            return One("ConfigMap", source["configMapRef.name"]).Map("data");
        }
    }

    /// <summary>Renders a folder of <c>k8s</c>, once for all tests.</summary>
    public static async Task<Overlay> RenderAsync(string folder)
    {
        await RequireAsync();
        return await Rendered.GetOrAdd(folder, _ => RenderNewAsync(folder, Repository.PathOf($"k8s/{folder}")));
    }

    /// <summary>Renders any folder.</summary>
    public static async Task<Overlay> RenderFolderAsync(string path)
    {
        await RequireAsync();
        return await RenderNewAsync(path, path);
    }

    public IEnumerable<Manifest> Of(string kind) => All.Where(manifest => manifest.Kind == kind);

    public Manifest One(string kind) => Assert.Single(Of(kind));

    public Manifest One(string kind, string name) => Assert.Single(Of(kind), manifest => manifest.Name == name);

    /// <summary>A setting in seconds, as the container has it.</summary>
    public int Seconds(string key) => int.Parse(Environment[key], CultureInfo.InvariantCulture);

    private static async Task RequireAsync() => Assert.SkipWhen(
        await Command.IsMissingAsync("kubectl", TestContext.Current.CancellationToken),
        "'kubectl' is not on the PATH; it must be where CI=true.");

    private static async Task<Overlay> RenderNewAsync(string folder, string path)
    {
        var (exitCode, output) = await Command.RunAsync("kubectl", ["kustomize", path], Repository.Root, CancellationToken.None);
        Assert.True(exitCode == 0, output);
        return new Overlay(folder, Yaml.Read(output));
    }
}
