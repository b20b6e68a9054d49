using System.Text.Json;
using System.Text.RegularExpressions;

namespace Serving.Observability.Tests.Dashboards;

/// <summary>Every panel explains itself, and all dashboards work alike.</summary>
public sealed class DashboardFileTests
{
    [Fact]
    public void Dashboards_Settings_AreThoseOfTheOthers()
    {
        Assert.Equal(["serving-overview", "serving-providers", "serving-runtime"], Dashboard.All.Select(dashboard => dashboard.Name));
        Assert.All(Dashboard.All, dashboard =>
        {
            Assert.Equal(dashboard.Name, dashboard.Json.GetProperty("uid").GetString());
            Assert.Equal("10s", dashboard.Json.GetProperty("refresh").GetString());
            Assert.Equal("now-1h", dashboard.Json.GetProperty("time").GetProperty("from").GetString());
            Assert.Equal("now", dashboard.Json.GetProperty("time").GetProperty("to").GetString());
            Assert.Contains(dashboard.Variables, variable => variable.GetProperty("type").GetString() == "datasource");
        });
        Assert.Equal(["chain", "datasource", "instance", "provider"], Dashboard.All.SelectMany(dashboard => dashboard.Variables).Select(Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Panels_ByThemselves_HaveUnitThresholdsAndDescription() =>
        Verdict.None(Dashboard.All.SelectMany(dashboard => dashboard.Panels).SelectMany(Problems));

    [Fact]
    public void Panels_OnTheirDashboard_DoNotOverlap() => Verdict.None(Dashboard.All.SelectMany(dashboard =>
        from one in dashboard.Panels
        from other in dashboard.Panels
        where one != other && Overlap(one.Json.GetProperty("gridPos"), other.Json.GetProperty("gridPos"))
        select $"{one} overlaps {other.Title}."));

    [Fact]
    public void Variables_InQueries_AreDeclaredAndUsed() => Verdict.None(Dashboard.All.SelectMany(dashboard =>
    {
        var declared = dashboard.Variables.Select(Name).Except(["datasource"], StringComparer.Ordinal);
        var used = Regex.Matches(dashboard.Json.GetProperty("panels").GetRawText(), @"\$(?!__)(?<name>\w+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Groups["name"].Value);
        return declared.Except(used, StringComparer.Ordinal).Select(name => $"{dashboard.Name}: no panel uses ${name}.")
            .Concat(used.Except(declared, StringComparer.Ordinal).Select(name => $"{dashboard.Name}: ${name} is not declared."));
    }));

    private static string Name(JsonElement variable) => variable.GetProperty("name").GetString()!; // a variable has one

    private static bool Overlap(JsonElement one, JsonElement other) =>
        Side(one, "x") < Side(other, "x") + Side(other, "w") && Side(other, "x") < Side(one, "x") + Side(one, "w")
        && Side(one, "y") < Side(other, "y") + Side(other, "h") && Side(other, "y") < Side(one, "y") + Side(one, "h");

    private static int Side(JsonElement position, string name) => position.GetProperty(name).GetInt32();

    private static IEnumerable<string> Problems(Panel panel)
    {
        var defaults = panel.Json.GetProperty("fieldConfig").GetProperty("defaults");
        if (string.IsNullOrEmpty(panel.Json.GetProperty("description").GetString()))
            yield return $"{panel} has no description.";
        if (string.IsNullOrEmpty(defaults.GetProperty("unit").GetString()))
            yield return $"{panel} has no unit.";
        if (defaults.GetProperty("thresholds").GetProperty("steps").GetArrayLength() == 0)
            yield return $"{panel} has no thresholds.";
        if (panel.Json.GetProperty("datasource").GetProperty("uid").GetString() != "${datasource}")
            yield return $"{panel} does not use the data source that was chosen.";
        if (!panel.Queries.Any())
            yield return $"{panel} asks for nothing.";
    }
}
