using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Serving.Host.Commands;
using Serving.Host.Commands.Checks;
using Serving.Simulator;

namespace Serving.Host.Tests.Commands;

public sealed class PreflightCommandTests
{
    private const string Canary = "sk-canary-77ab";
    private const string Begin = "<!-- generated: UPDATE_DOCS=1 dotnet test tests/Host.Tests -->\n", End = "<!-- end -->\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Preflight_NothingSet_TellsEachCheckInColumnsAndDoesNotFail()
    {
        var (code, output) = await RunAsync();

        var lines = output.Split('\n');
        Assert.Equal(0, code);
        Assert.All(Check.All.Where(check => check.Name is not ("providers" or "live")), check =>
            Assert.Contains(lines, line => Regex.IsMatch(line, $"^(PASS|WARN)  {check.Name.PadRight(14)}  [A-Z0-9/]", RegexOptions.None, TimeSpan.FromSeconds(1))));
        Assert.Contains("WARN  models          No provider is set: the offline model answers, and says so.", lines);
        Assert.Contains("                      Set the key of a provider, and DEFAULT_MODEL.", lines);
        Assert.Matches(@"^\d+ PASS, \d+ WARN, 0 FAIL$", lines[^1]);
    }

    [Fact]
    public async Task Preflight_OnlyWarnings_FailsIfStrict()
    {
        var (code, output) = await RunAsync("--strict");

        Assert.Equal(1, code);
        Assert.EndsWith(", 0 FAIL", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_SettingsWrong_FailsWithAllThatTheStartWouldRefuse()
    {
        var (code, output) = await RunAsync("--REQUEST_TIMEOUT=soon", "--STREAM_TIMEOUT=1", "--METRICS_PORT=70000", "--DEFAULT_MODEL=openai:gpt-5.4-mini", "--ANTHROPIC_API_KEY_FILE=/no/such/file", "--FAST_MODEL=anthropic:x");

        Assert.Equal(1, code);
        Assert.Contains("FAIL  settings        REQUEST_TIMEOUT is 'soon'; ", output);
        Assert.Contains("FAIL  settings        STREAM_TIMEOUT (1 s) is below REQUEST_TIMEOUT (60 s)", output);
        Assert.Contains("FAIL  settings        METRICS_PORT is '70000'; ", output);
        Assert.Contains("FAIL  keys            OPENAI_API_KEY is not set; ", output);
        Assert.Contains("FAIL  keys            ANTHROPIC_API_KEY_FILE is '/no/such/file'; ", output);
    }

    [Theory]
    [InlineData("sim", Canary, 0, "PASS  live            openai:sim answered after ")]
    [InlineData("sim", "sk-canary-wrong", 1, "FAIL  live            Model 'sim' of provider 'openai' refused the host's key. (The provider says 401.)")]
    [InlineData("sim~unknown-model", Canary, 1, "FAIL  live            Provider 'openai' knows no model 'sim~unknown-model', or the host's base URL is wrong. (The provider says 404.)")]
    [InlineData("sim~429", Canary, 0, "WARN  live            Model 'sim~429' of provider 'openai' takes no more calls for now. Try again later. (The provider says 429.)")]
    [InlineData("sim~503", Canary, 1, "FAIL  live            Model 'sim~503' of provider 'openai' cannot answer now. (The provider says 503.)")]
    public async Task Preflight_Live_CallsEachModelOnceAndNeverShowsTheKey(string model, string key, int expectedCode, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Key = Canary }, Cancellation);

        var (code, output) = await RunAsync("--live", $"--OPENAI_API_KEY={key}", $"--OPENAI_BASE_URL={simulator.BaseAddress}v1", $"--DEFAULT_MODEL=openai:{model}");

        Assert.Contains(expected, output);
        Assert.Contains("PASS  providers       openai answers after ", output);
        Assert.Equal(expectedCode, code);
        Assert.DoesNotContain("canary", output, StringComparison.Ordinal);
        await simulator.Ledger.WhenAsync(ledger => ledger.Attempts.Count > 0 && ledger.Total.Open == 0, Cancellation);
        Assert.Equal(model, Assert.Single(simulator.Ledger.Attempts).Model);
    }

    [Fact]
    public async Task Preflight_LiveAndUnreachable_FailsWithoutAnException()
    {
        var (code, output) = await RunAsync("--live", "--OPENAI_API_KEY=key", "--OPENAI_BASE_URL=http://provider.invalid/v1");

        Assert.Equal(1, code);
        Assert.Contains("FAIL  providers       openai cannot be reached: its name is not known to DNS.", output);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_Json_IsAnArrayOfFindings()
    {
        var (code, output) = await RunAsync("--json", "--PORT=x");

        Assert.Equal(1, code);
        var first = JsonDocument.Parse(output).RootElement[0];
        Assert.Equal(("FAIL", "settings"), (first.GetProperty("outcome").GetString(), first.GetProperty("check").GetString()));
        Assert.StartsWith("PORT is 'x'", first.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_Misspelt_IsMisused() => Assert.Equal(CommandLine.Misused, (await RunAsync("--liv")).Code);

    [Fact]
    public async Task Document_OfTheChecks_ListsEach()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Serving.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("Run the tests from a clone.");
        var file = Path.Combine(folder.FullName, "docs/preflight.md");
        var written = await File.ReadAllTextAsync(file, Cancellation);
        var (from, to) = (written.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, written.IndexOf(End, StringComparison.Ordinal));
        var table = new StringBuilder("| Check | Warns if | Fails if |\n|---|---|---|\n");
        foreach (var check in Check.All)
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{check.Name}` | {check.Warns} | {check.Fails} |\n");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            await File.WriteAllTextAsync(file, written[..from] + table + written[to..], Cancellation);
        else
            Assert.Equal(table.ToString(), written[from..to]);
    }

    [Fact]
    public void Checks_Names_AreWordsWithDashesAndEachIsThereOnce()
    {
        Assert.All(Check.All, check => Assert.Matches("^[a-z]+(-[a-z]+)*$", check.Name));
        Assert.Distinct(Check.All.Select(check => check.Name));
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        var code = await PreflightCommand.RunAsync(
            ["--PORT=0", "--METRICS_PORT=0", "--BIND_ADDRESS=127.0.0.1", .. RunningHost.NoProviders.Select(name => $"--{name}="), .. args], output, TextWriter.Null);
        return (code, output.ToString().TrimEnd());
    }
}
