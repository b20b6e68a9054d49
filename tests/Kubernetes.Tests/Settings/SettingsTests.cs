using System.Globalization;

namespace Serving.Kubernetes.Tests.Settings;

/// <summary>The environment names every setting of the host, and only such, and keys are files that are there.</summary>
public sealed class SettingsTests
{
    private const string KeyFolder = "/etc/serving/keys/";

    public static TheoryData<string> Hosts => [.. Overlay.Hosts];

    private static IEnumerable<string> Listed => SettingsFile.Set.Keys.Concat(SettingsFile.Left.Keys);

    [Fact]
    public void File_BesideTheHost_ListsEverySettingThatIsRead()
    {
        var asked = AskedSettings.OfTheHost();

        Assert.Contains("MAX_CONCURRENT_REQUESTS", asked);
        Assert.Contains("ANTHROPIC_API_KEY_FILE", asked);
        Verdict.None(asked.Where(key => !IsKey(key)).Except(Listed, StringComparer.Ordinal).Select(key => $"The host reads {key}; serving.env lacks it."));
    }

    [Fact]
    public void File_BesideTheDocuments_ListsEverySettingThatIsDocumented()
    {
        Assert.True(DocumentedSettings.All.Count > 50);
        Verdict.None(DocumentedSettings.All.Keys.Where(key => !IsKey(key)).Except(Listed, StringComparer.Ordinal).Select(key => $"The documents name {key}; serving.env lacks it."));
    }

    [Fact]
    public void File_Entries_AreReadByTheHost()
    {
        var asked = AskedSettings.OfTheHost();

        // OpenTelemetry reads the rest of its own; the documents say which it honours.
        Verdict.None(Listed.Where(key => !asked.Contains(key) && !(key.StartsWith("OTEL_", StringComparison.Ordinal) && IsDocumented(key)))
            .Select(key => $"Nobody reads {key} of serving.env."));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Environment_OfAnOverlay_IsListed(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);

        Assert.NotEmpty(overlay.Environment);
        Assert.Empty(overlay.Container.Each("env"));
        Verdict.None(overlay.Environment.Keys.Except(Listed, StringComparer.Ordinal).Select(key => $"{folder} sets {key}, which serving.env does not list."));
    }

    [Fact]
    public void File_Defaults_AreThoseOfTheReadme()
    {
        var documented = DocumentedSettings.All
            .Select(setting => (setting.Key, Value: setting.Value.Split(' ')[0].Trim('`')))
            .Where(setting => decimal.TryParse(setting.Value, NumberStyles.Number, CultureInfo.InvariantCulture, out _))
            .ToList();

        Assert.NotEmpty(documented);
        Verdict.None(documented.Where(setting => SettingsFile.Left.TryGetValue(setting.Key, out var left) && left != setting.Value)
            .Select(setting => $"serving.env leaves {setting.Key} at {SettingsFile.Left[setting.Key]}; its default is {setting.Value}."));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task KeyFiles_OfTheEnvironment_AreMountedFromTheSecret(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var secret = Assert.Single(Yaml.Read(await File.ReadAllTextAsync(Repository.PathOf("k8s/base/secret.example.yaml"), TestContext.Current.CancellationToken)));
        var mount = Assert.Single(overlay.Container.Each("volumeMounts"), mount => mount["mountPath"] + "/" == KeyFolder);
        var volume = Assert.Single(overlay.Pod.Each("volumes"), volume => volume["name"] == mount["name"]);
        var files = overlay.Environment.Where(setting => setting.Key.EndsWith("_FILE", StringComparison.Ordinal)).ToList();

        Assert.Equal(secret.Name, volume["secret.secretName"]);
        Assert.Equal(secret.Namespace, overlay.Deployment.Namespace);
        // The kubelet does not renew what is mounted by subPath.
        Assert.Null(mount.At("subPath"));
        Assert.Equal("true", mount["readOnly"]);
        Assert.Equal(files.Count == 0, volume["secret.optional"] == "true");
        Verdict.None(files.Where(file => !file.Value.StartsWith(KeyFolder, StringComparison.Ordinal) || !secret.Map("stringData").ContainsKey(file.Value[KeyFolder.Length..]))
            .Select(file => $"{folder}: {file.Key} is {file.Value}, which secret.example.yaml does not make."));
    }

    [Fact]
    public async Task Repository_OfTheManifests_HoldsNoKey()
    {
        var (exitCode, output) = await Command.RunAsync("git", ["check-ignore", "k8s/base/secret.yaml", "k8s/overlays/production/secret.yaml"], Repository.Root, TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, output);
        Assert.All(Overlay.Hosts, folder => Assert.DoesNotContain(File.ReadLines(Repository.PathOf($"k8s/{folder}/kustomization.yaml")), line => line.Contains("_API_KEY=", StringComparison.Ordinal)));
        Assert.All(Overlay.Hosts, folder => Assert.DoesNotContain("secret", string.Concat(File.ReadLines(Repository.PathOf($"k8s/{folder}/kustomization.yaml")).Where(line => line.StartsWith("  - ", StringComparison.Ordinal) && line.EndsWith(".yaml", StringComparison.Ordinal)))));
    }

    private static bool IsKey(string name) => name.EndsWith("_API_KEY", StringComparison.Ordinal);

    private static bool IsDocumented(string key) =>
        new[] { "README.md", "docs/metrics.md", "docs/observability.md" }.Any(document => File.ReadAllText(Repository.PathOf(document)).Contains($"`{key}`", StringComparison.Ordinal)
            || (key.StartsWith("OTEL_METRICS", StringComparison.Ordinal) && File.ReadAllText(Repository.PathOf(document)).Contains($"`{key}=", StringComparison.Ordinal)));
}
