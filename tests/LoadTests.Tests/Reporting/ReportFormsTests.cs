using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Serving.LoadTests.Reporting;

namespace Serving.LoadTests.Tests.Reporting;

public sealed partial class ReportFormsTests
{
    [Fact]
    public void Json_ReadBack_IsTheSameRun()
    {
        var json = JsonReport.Of(SampleRun.Run);
        var read = JsonReport.Read<RunReport>(json);
        Assert.Equal(json, JsonReport.Of(read));
        Assert.Equal(MarkdownReport.Of(SampleRun.Run), MarkdownReport.Of(read));
        Assert.Equal(HtmlReport.Of(SampleRun.Run), HtmlReport.Of(read));
        using var document = JsonDocument.Parse(json);
        Assert.Equal(10_000, document.RootElement.GetProperty("lanes")[0].GetProperty("kinds")[0].GetProperty("ok").GetInt64());
        Assert.Equal("passed", document.RootElement.GetProperty("checks")[0].GetProperty("verdict").GetString());
    }

    [Fact]
    public void Html_AnyRun_NeedsNothingButItself()
    {
        var html = HtmlReport.Of(SampleRun.Run);
        Assert.DoesNotMatch(Outside(), html);
        Assert.Contains("A run &lt;of&gt; tests &amp; &quot;quotes&quot;", html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
        Assert.Equal(8, Chart().Count(html));
    }

    [Fact]
    public void Html_AnyRun_IsWellFormed()
    {
        var html = HtmlReport.Of(SampleRun.Run);
        // But for the elements of HTML that have no end, it is XML.
        var page = XDocument.Parse(Void().Replace(html["<!doctype html>".Length..], match => match.Value[..^1] + "/>"));
        foreach (var path in page.Descendants("path"))
            Assert.Matches(PathData(), path.Attribute("d")!.Value);
    }

    [Fact]
    public void Html_RunWithoutAnAnswer_IsMadeAllTheSame()
    {
        var empty = SampleRun.Run with { Lanes = [SampleRun.Run.Lanes[0] with { Kinds = [], Seconds = [], Lag = null }], Processes = [], Provider = null };
        Assert.Contains("</html>", HtmlReport.Of(empty), StringComparison.Ordinal);
        Assert.Contains("# sample", MarkdownReport.Of(empty), StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_EachSecond_IsALineWithAsManyCells()
    {
        var lines = CsvReport.Of(SampleRun.Run).TrimEnd('\n').Split('\n');
        Assert.Equal(1201, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Split(',').Length, line.Split(',').Length));
        Assert.StartsWith("0,10,10,0,0,0,3,100,30,60,72,120,20,1,", lines[1], StringComparison.Ordinal);
        Assert.Contains("host_cpu_s", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_Tables_HaveOneWidthEach()
    {
        var blocks = MarkdownReport.Of(SampleRun.Run).Split("\n\n").Where(block => block.StartsWith('|')).ToList();
        Assert.True(blocks.Count >= 4);
        Assert.All(blocks, block => Assert.Single(block.TrimEnd('\n').Split('\n').Select(line => line.Replace("\\|", "", StringComparison.Ordinal).Count(letter => letter == '|')).Distinct()));
    }

    [GeneratedRegex("src=|href=|url[(]|@import|<script|<link|https?:|//", RegexOptions.None, 1000)]
    private static partial Regex Outside();

    [GeneratedRegex("<svg ", RegexOptions.None, 1000)]
    private static partial Regex Chart();

    [GeneratedRegex("<meta [^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Void();

    [GeneratedRegex("^(?:[ML][0-9.]+ [0-9.]+)*$", RegexOptions.None, 1000)]
    private static partial Regex PathData();
}
