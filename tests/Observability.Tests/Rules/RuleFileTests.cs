using System.Text.RegularExpressions;

namespace Serving.Observability.Tests.Rules;

/// <summary>The files are valid, every alert is proven, and whoever it wakes up is told what to do.</summary>
public sealed partial class RuleFileTests
{
    private static readonly string TestFile = Repository.PathOf("observability/prometheus/alerts_test.yml");

    [Theory]
    [InlineData("promtool", "check", "config", "prometheus/prometheus.yml")]
    [InlineData("promtool", "check", "rules", "prometheus/recording.yml", "prometheus/alerts.yml")]
    [InlineData("promtool", "test", "rules", "prometheus/recording_test.yml", "prometheus/alerts_test.yml")]
    [InlineData("amtool", "check-config", "alertmanager/alertmanager.yml")]
    public async Task Files_CheckedByTheirTools_AreAccepted(string tool, params string[] arguments)
    {
        var (exitCode, output) = await Tools.RunAsync(tool, arguments);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void Alerts_InTheirTests_AreSilentThenFireThenResolve()
    {
        var tested = Check().Matches(File.ReadAllText(TestFile))
            .GroupBy(match => match.Groups["name"].Value)
            .ToDictionary(group => group.Key, group => string.Concat(group.Select(match => match.Groups["none"].Success ? '.' : '!')));

        Assert.NotEmpty(Alert.All);
        Verdict.None(Alert.All.Where(alert => !Regex.IsMatch(tested.GetValueOrDefault(alert.Name, ""), @"^(\.!+\.)+$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            .Select(alert => $"{alert.Name} has to be silent, to fire and to resolve in alerts_test.yml."));
    }

    [Fact]
    public void Alerts_WithTheirTexts_TellWhatToDo()
    {
        var runbook = Markdown.Read(Repository.PathOf("docs/runbook.md")).Anchors;

        Verdict.None(Alert.All.SelectMany(alert => Problems(alert, runbook)));
    }

    [Fact]
    public void Runbook_Sections_SayMeaningLookAndDo()
    {
        var runbook = File.ReadAllText(Repository.PathOf("docs/runbook.md"));

        Verdict.None(Alert.All.Select(alert => (alert.Name, Section: Regex.Match(runbook, $@"^### {alert.Name}\n(?<text>(.|\n)*?)(?=^##|\z)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Value))
            .SelectMany(section => new[] { "**Means.**", "**Look.**", "**Do.**" }
                .Where(part => !section.Section.Contains(part, StringComparison.Ordinal)).Select(part => $"{section.Name} lacks {part}")));
    }

    [Fact]
    public void MetricsOfTheCluster_InAlerts_AreProvenByTheTests()
    {
        var fixtures = File.ReadAllText(TestFile);
        var ofTheCluster = Alert.All.SelectMany(alert => PromQl.Metrics(alert.Query)).Where(MetricNames.IsOfTheCluster).Distinct(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(ofTheCluster);
        Verdict.None(ofTheCluster.Where(name => !fixtures.Contains($"series: '{name}{{", StringComparison.Ordinal)));
    }

    [Fact]
    public void AlertmanagerExample_Matchers_NameAlertsThatExist()
    {
        var named = Regex.Matches(File.ReadAllText(Repository.PathOf("observability/alertmanager/alertmanager.yml")), @"\bServing\w+", RegexOptions.None, TimeSpan.FromSeconds(1));

        Assert.NotEmpty(named);
        Verdict.None(named.Select(match => match.Value).Except(Alert.All.Select(alert => alert.Name), StringComparer.Ordinal));
    }

    private static IEnumerable<string> Problems(Alert alert, IReadOnlySet<string> runbook)
    {
        if (alert.Field("severity") is not ("critical" or "warning"))
            yield return $"{alert.Name}: the severity is critical or warning.";
        if (alert.Field("summary").Length == 0 || alert.Field("description").Length == 0)
            yield return $"{alert.Name}: summary and description are wanted.";
        if (alert.Field("runbook_url") is var url && (!url.StartsWith("docs/runbook.md#", StringComparison.Ordinal) || !runbook.Contains(url.Split('#')[1])))
            yield return $"{alert.Name}: '{url}' is no section of docs/runbook.md.";
    }

    [GeneratedRegex(@"- alertname: (?<name>\w+)\n +eval_time: \w+\n +exp_alerts:(?<none> \[\])?", RegexOptions.ExplicitCapture)]
    private static partial Regex Check();
}
