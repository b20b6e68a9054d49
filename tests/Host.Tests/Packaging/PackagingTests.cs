using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.Configuration;
using Serving.Endpoints.Options;
using Serving.Host.Settings;

namespace Serving.Host.Tests.Packaging;

public sealed class PackagingTests
{
    private const string Compose = "compose.yaml";
    private const string Unit = "systemd/serving.service";
    private const int HostsOwnSeconds = 15; // what ARCHITECTURE.md has an orchestrator allow beside delay and drain

    [Fact]
    public void Compose_Environment_IsReadByTheHost() =>
        AssertRead(Packaged.Pairs(Compose, @"^      (?<key>[A-Z][A-Z0-9_]+): (\$\{\w+:-)?(?<value>[^}\s]+)\}?$"));

    [Fact]
    public void Unit_Environment_IsReadByTheHost() =>
        AssertRead(Packaged.Pairs(Unit, "^Environment=(?<key>(?!DOTNET_)[A-Z0-9_]+)=(?<value>.+)$"));

    [Fact]
    public void Unit_Keys_AreReadFromTheFilesOfTheirCredentials()
    {
        const string keys = "systemd/serving.service.d/keys.conf";
        var credentials = Packaged.Pairs(keys, "^LoadCredential=(?<key>[A-Z0-9_]+):(?<value>.+)$");
        var settings = Packaged.Pairs(keys, "^Environment=(?<key>[A-Z0-9_]+)=%d/(?<value>.+)$");

        Assert.NotEmpty(credentials);
        Assert.Equal(credentials.Keys.Order(), settings.Values.Order());
        Assert.All(settings, setting => Assert.Equal(setting.Value + "_FILE", setting.Key));
        AssertRead(settings);
    }

    [Theory]
    [InlineData(Compose, @"^      {0}: (?<value>\d+)$", @"^    stop_grace_period: (?<value>\d+)s$")]
    [InlineData(Unit, @"^Environment={0}=(?<value>\d+)$", @"^TimeoutStopSec=(?<value>\d+)$")]
    public void StopTime_IsLongerThanTheDrain(string path, string setting, string stopTime) =>
        Assert.True(
            Packaged.Number(path, stopTime) >=
            Packaged.Number(path, setting.Replace("{0}", "SHUTDOWN_DELAY", StringComparison.Ordinal)) +
            Packaged.Number(path, setting.Replace("{0}", "DRAIN_TIMEOUT", StringComparison.Ordinal)) + HostsOwnSeconds);

    [Theory]
    [InlineData("Host/Serving.Host.csproj")]
    [InlineData("loadtests/Simulator/Serving.Simulator.csproj")]
    public void Dockerfile_RestoreLayer_HasEveryProjectAndItsLock(string root)
    {
        var dockerfile = Packaged.Text("Dockerfile");
        var ignored = Packaged.Text(".dockerignore").Split('\n');
        foreach (var project in Projects(root))
        {
            var folder = Path.GetDirectoryName(project)!; // it stands in one
            Assert.Contains($"COPY {project} {folder}/packages.lock.json {folder}/\n", dockerfile, StringComparison.Ordinal);
            Assert.Contains($"COPY {folder} {folder}\n", dockerfile, StringComparison.Ordinal);
            Assert.Contains($"!{folder}", ignored);
        }
    }

    [Fact]
    public void Dockerfile_ExposedPorts_AreTheHostsOwn()
    {
        var settings = HostSettings.Read(new ConfigurationBuilder().Build());

        Assert.Equal($"{new Uri(settings.Urls!.Replace("*", "localhost", StringComparison.Ordinal)).Port} {settings.MetricsPort}", // no urls are set, so there are some
            Packaged.Text("Dockerfile").Split('\n').Last(line => line.StartsWith("EXPOSE ", StringComparison.Ordinal))["EXPOSE ".Length..]);
    }

    [Theory]
    [InlineData("refs/tags/v1.2.3", "v1.2.3 1.2 sha-0123456789ab")]
    [InlineData("refs/tags/v10.0.12", "v10.0.12 10.0 sha-0123456789ab")]
    [InlineData("refs/tags/v1.2.3-rc.1", "v1.2.3-rc.1 sha-0123456789ab")]
    [InlineData("refs/tags/v1.2", "sha-0123456789ab")]
    [InlineData("refs/tags/v01.2.3", "sha-0123456789ab")]
    [InlineData("refs/heads/main", "main sha-0123456789ab")]
    [InlineData("refs/heads/fix/a_b#c", "fix-a_b-c sha-0123456789ab")]
    public async Task Release_Tags_AreThoseOfTheRef(string reference, string tags)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Packaged.Root, ".ci/release"), "tags", reference, "0123456789abcdef0123456789abcdef01234567"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!; // not a document that a shell opens

        var output = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, script.ExitCode);
        Assert.Equal(tags, string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("build")]
    [InlineData("test")]
    [InlineData("scan")]
    [InlineData("sbom")]
    [InlineData("image")]
    public void Release_Pipeline_RunsEveryStepOfTheScript(string step)
    {
        Assert.Contains($"run: bash .ci/release {step}\n", Packaged.Text(".github/workflows/release.yml"), StringComparison.Ordinal);
        Assert.Matches(new Regex($@"^  set -- .*\b{step}\b", RegexOptions.Multiline, TimeSpan.FromSeconds(1)), Packaged.Text(".ci/release"));
    }

    private static void AssertRead(Dictionary<string, string> settings)
    {
        Assert.NotEmpty(settings);
        var asked = new AskedSettings(settings);
        var configuration = new ConfigurationBuilder().Add(asked).Build();
        HostSettings.Read(configuration).Apply(new ServingLimits());
        ModelSettings.Read(configuration, TimeSpan.Zero);

        Assert.Empty(asked.Unknown);
    }

    /// <summary>A project and all it refers to, as paths below the root.</summary>
    private static HashSet<string> Projects(string root)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<string>([root]);
        while (waiting.TryPop(out var project))
        {
            if (!found.Add(project))
                continue;
            var folder = Path.GetDirectoryName(Path.Combine(Packaged.Root, project))!; // it stands in one
            foreach (var reference in XDocument.Load(Path.Combine(Packaged.Root, project)).Descendants("ProjectReference"))
                waiting.Push(Path.GetRelativePath(Packaged.Root, Path.GetFullPath(Path.Combine(folder, reference.Attribute("Include")!.Value)))); // or it would not build
        }

        return found;
    }
}
