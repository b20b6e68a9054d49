using System.Globalization;
using Serving.Observability.Tests.Dashboards;
using Serving.Observability.Tests.Rules;
using Serving.Observability.Tests.Running;

namespace Serving.Observability.Tests.Live;

/// <summary>What dashboards, alerts and documents ask for is there, and it is true: seen by a Prometheus, against what the clients and the provider counted.</summary>
public sealed class LiveTests(WatchedHost watched) : IClassFixture<WatchedHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_AfterTheLoad_AreWhatClientsCounted()
    {
        await watched.StartAsync();

        var counted = (await watched.Prometheus.QueryAsync("sum by (chain, endpoint, status) (serving_requests_total)"))
            .Select(sample => $"{sample.Labels["chain"]} {sample.Labels["endpoint"]} {sample.Labels["status"]}: {sample.Value}");

        Assert.Equal(
            watched.Client.Requests.Select(one => $"{one.Key.Chain} {one.Key.Endpoint} {one.Key.Status}: {one.Value}").Order(StringComparer.Ordinal),
            counted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Histograms_AfterTheLoad_HaveWhatClientsSent()
    {
        await watched.StartAsync();

        Assert.Equal(watched.Client.Batches.Count, await ValueAsync("sum(serving_batch_size_count)"));
        Assert.Equal(watched.Client.Batches.Sum(), await ValueAsync("sum(serving_batch_size_sum)"));
        Assert.Equal(watched.Client.Chunks("joke"), await ValueAsync("sum(serving_stream_chunks_sum{chain='joke'})"));
        Assert.Equal(2 * 3, await ValueAsync("sum(serving_requests_rejected_total{reason='overloaded'})"));
        Assert.Equal(0, await ValueAsync("serving_requests_in_flight"));
        Assert.Equal(0, await ValueAsync("serving_streams_active"));
        Assert.Equal(MixedLoad.Limit, await ValueAsync("max_over_time(serving_requests_limit[10m])"));
    }

    [Fact]
    public async Task Providers_AfterTheLoad_AreWhatTheProviderCounted()
    {
        await watched.StartAsync();
        var ledger = watched.Simulator.Ledger;
        // Not the fast one: whichever of two calls loses may be cancelled before the provider has seen it.
        foreach (var model in new[] { MixedLoad.Model, MixedLoad.Spare })
        {
            var told = ledger.Of(model);
            Assert.Equal(told.Requests, await ValueAsync($"sum(serving_provider_attempts_total{{model='{model}'}})"));
            Assert.Equal(told.Tokens.Input, await ValueAsync($"sum(gen_ai_client_token_usage_sum{{gen_ai_request_model='{model}', gen_ai_token_type='input'}})"));
            Assert.Equal(told.Tokens.Output, await ValueAsync($"sum(gen_ai_client_token_usage_sum{{gen_ai_request_model='{model}', gen_ai_token_type='output'}})"));
            Assert.Equal((told.Tokens.Input * 100 + told.Tokens.Output * 400) / 1e6, await ValueAsync($"sum(serving_llm_cost_dollars_total{{model='{model}'}})"), 1e-9);
        }
    }

    [Fact]
    public async Task InvokeP95_ByPrometheus_IsWithinABucketOfTheClients()
    {
        await watched.StartAsync();
        const string Buckets = "serving_request_duration_seconds_bucket{chain='joke', endpoint='invoke'}";
        var bounds = (await watched.Prometheus.QueryAsync(Buckets)).Select(bucket => bucket.Labels["le"]).Where(bound => bound != "+Inf")
            .Select(bound => double.Parse(bound, CultureInfo.InvariantCulture)).Order().ToList();
        var durations = watched.Client.Invokes("joke").Select(duration => duration.TotalSeconds).Order().ToList();

        var theirs = await ValueAsync($"histogram_quantile(0.95, {Buckets})");
        var ours = durations[(int)Math.Ceiling(durations.Count * 0.95) - 1];

        Assert.InRange(Bucket(theirs) - Bucket(ours), -1, 1);

        int Bucket(double value) => bounds.Count(bound => bound < value);
    }

    [Fact]
    public async Task Panels_AskedUnderLoad_HaveData()
    {
        await watched.StartAsync();
        List<string> empty = [];
        foreach (var panel in Dashboard.All.SelectMany(dashboard => dashboard.Panels))
        {
            foreach (var query in panel.Queries)
            {
                if (await watched.Prometheus.CountAsync(query, watched.Since) == 0)
                    empty.Add($"{panel} has no data: {query}");
            }
        }

        Verdict.None(empty);
    }

    [Fact]
    public async Task Variables_AskedUnderLoad_HaveValues()
    {
        await watched.StartAsync();
        foreach (var variable in Dashboard.All.SelectMany(dashboard => dashboard.Variables).Where(variable => variable.GetProperty("type").GetString() == "query"))
        {
            var parts = variable.GetProperty("query").GetString()!.Split('(', ',', ')'); // label_values(metric, label)
            Assert.Equal("label_values", parts[0]);
            Assert.NotEmpty(await watched.Prometheus.QueryAsync($"count by ({parts[2]}) ({parts[1]}{{{parts[2]}!=''}})"));
        }
    }

    [Fact]
    public async Task Rules_AskedUnderLoad_AreHealthyAndRecord()
    {
        await watched.StartAsync();
        await Eventually.TrueAsync("every rule is evaluated", async () => (await watched.Prometheus.RulesAsync()).All(rule => rule.Health != "unknown"));

        var rules = await watched.Prometheus.RulesAsync();
        var problems = rules.Where(rule => rule.Health != "ok").Select(rule => $"{rule.Name} is not well: {rule.Query}").ToList();
        foreach (var rule in rules.Where(rule => !rule.IsAlert))
        {
            if (await watched.Prometheus.CountAsync(rule.Name, watched.Since) == 0)
                problems.Add($"{rule.Name} records nothing.");
        }

        Assert.Equal(Alert.All.Select(alert => alert.Name).Order(StringComparer.Ordinal), rules.Where(rule => rule.IsAlert).Select(rule => rule.Name).Order(StringComparer.Ordinal));
        Verdict.None(problems);
    }

    [Fact]
    public async Task Names_InDashboardsAlertsAndDocuments_AreInTheScrape()
    {
        await watched.StartAsync();
        var scrape = Scrape.Parse(await watched.Host.ScrapeAsync());
        var rules = await watched.Prometheus.RulesAsync();
        var asked = rules.SelectMany(rule => PromQl.Metrics(rule.Query).Select(name => (Name: name, Where: rule.Name)))
            .Concat(from dashboard in Dashboard.All
                    from query in dashboard.Panels.SelectMany(panel => panel.Queries).Concat(dashboard.Annotations)
                    from name in PromQl.Metrics(query)
                    select (Name: name, Where: dashboard.Name));
        var mentioned = Repository.Files("docs", "*.md").Append(Repository.PathOf("README.md"))
            .SelectMany(file => PromQl.Mentioned(File.ReadAllText(file)).Select(name => (Name: name, Where: Repository.Relative(file)))).Where(one => !scrape.Labels.Contains(one.Name));

        var recorded = rules.Where(rule => !rule.IsAlert).Select(rule => rule.Name).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(scrape.Names);
        Verdict.None(asked.Concat(mentioned).Distinct()
            .Where(one => !scrape.Names.Contains(one.Name) && !recorded.Contains(one.Name) && !MetricNames.IsOfTheCluster(one.Name) && !MetricNames.IsOfPrometheus(one.Name)
                && !MetricNames.IsOfOtherProviders(one.Name))
            .Select(one => $"{one.Where} names {one.Name}, which the host does not give."));
    }

    [Fact]
    public async Task Queries_InDocuments_AreUnderstood()
    {
        await watched.StartAsync();
        var queries = Repository.Files("docs", "*.md").SelectMany(file => Markdown.Read(file).Blocks).Where(block => block.Language == "PROMQL")
            .SelectMany(block => block.Text.Split('\n')).Where(line => line.Length > 0 && line[0] != '#').ToList();

        Assert.NotEmpty(queries);
        foreach (var query in queries)
            await watched.Prometheus.QueryAsync(query);
    }

    [Fact]
    public async Task Scrape_CheckedByPromtool_IsClean()
    {
        await watched.StartAsync();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, await watched.Host.ScrapeAsync(), Cancellation);

            var (exitCode, output) = await Tools.RunAsync("bash", "-c", $"promtool check metrics < {file}");

            Assert.True(exitCode == 0 && output.Length == 0, output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Up_AgainstTheHost_WatchesItAndEndsWithNothingLeft()
    {
        await watched.StartAsync();
        await Tools.RequireAsync("prometheus-alertmanager", "curl");
        var (prometheusPort, alertmanagerPort) = (RunningProgram.FreePort(), RunningProgram.FreePort());
        var folder = Directory.CreateTempSubdirectory("serving-up-").FullName;
        await using var up = RunningProgram.Start(Repository.PathOf("observability/up"), [watched.Host.Metrics], new Dictionary<string, string?>
        {
            ["PROMETHEUS_PORT"] = $"{prometheusPort}",
            ["ALERTMANAGER_PORT"] = $"{alertmanagerPort}",
            ["TMPDIR"] = folder,
        });
        using var client = new HttpClient();
        await up.UntilAsync("it is up", () => Task.FromResult(up.Output.Contains("Ctrl+C ends it.", StringComparison.Ordinal)));
        await up.UntilAsync("Prometheus sees the host", async () =>
            (await client.GetStringAsync($"http://127.0.0.1:{prometheusPort}/api/v1/query?query=up%7Bjob%3D%22serving%22%7D", Cancellation)).Contains(",\"1\"]", StringComparison.Ordinal));
        Assert.True(await HostProcess.AnswersAsync(client, $"http://127.0.0.1:{alertmanagerPort}/-/ready"));

        var exitCode = await up.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.False(await HostProcess.AnswersAsync(client, $"http://127.0.0.1:{prometheusPort}/-/ready"));
        Assert.False(await HostProcess.AnswersAsync(client, $"http://127.0.0.1:{alertmanagerPort}/-/ready"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        Directory.Delete(folder);
    }

    private async Task<double> ValueAsync(string query) => Assert.Single(await watched.Prometheus.QueryAsync(query)).Value;
}
