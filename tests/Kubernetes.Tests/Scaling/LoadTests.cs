using System.Globalization;

namespace Serving.Kubernetes.Tests.Scaling;

/// <summary>With what requests cost, the autoscaler brings enough pods for the promised loads, and keeps them while load goes up and down.</summary>
public sealed class LoadTests
{
    private const string Begin = "<!-- generated: UPDATE_K8S=1 dotnet test tests/Kubernetes.Tests -->\n", End = "<!-- end -->\n";

    private const decimal Peak = 5 * Sizing.PromisedRate;

    public static TheoryData<string> WithHpa => ["base", "overlays/production", "overlays/inflight-hpa"];

    [Theory]
    [InlineData("base", 1)]
    [InlineData("base", 5)]
    [InlineData("base", 10)]
    [InlineData("overlays/inflight-hpa", 1)]
    [InlineData("overlays/inflight-hpa", 5)]
    [InlineData("overlays/inflight-hpa", 10)]
    public async Task PromisedLoad_TimesAFactor_IsCarriedWithinTheMaximum(string folder, int factor)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var rate = factor * Sizing.PromisedRate;
        var scaler = Scaler(overlay);

        var replicas = Sizing.Settle(scaler, rate);

        var totals = Sizing.Totals(rate, replicas);
        Assert.True(replicas < scaler.Maximum, "At the maximum nothing is known of what is missing.");
        Assert.All(scaler.Targets, target => Assert.True(totals[target.Key] / replicas <= target.Value * 1.1m, $"{target.Key} is above its target."));
        Assert.True(totals["serving_requests_in_flight"] / replicas < Quantity.Parse(overlay.Environment["MAX_CONCURRENT_REQUESTS"]));
        Assert.True(totals["memory"] / replicas < Quantity.Parse(overlay.Container["resources.limits.memory"]));
    }

    [Theory]
    [MemberData(nameof(WithHpa))]
    public async Task FifthOfThePromisedLoad_OnTheFewestPods_IsFarFromTheTarget(string folder)
    {
        var scaler = Scaler(await Overlay.RenderAsync(folder));
        var totals = Sizing.Totals(Sizing.PromisedRate / 5, scaler.Minimum);

        Assert.All(scaler.Targets, target => Assert.True(totals[target.Key] / scaler.Minimum < target.Value / 2, $"{target.Key} is near its target."));
    }

    [Theory]
    [MemberData(nameof(WithHpa))]
    public async Task FullPod_OfAsManyRequestsAsItTakes_KeepsToItsMemory(string folder)
    {
        var overlay = await Overlay.RenderAsync(folder);
        var full = Sizing.WarmBytes + Quantity.Parse(overlay.Environment["MAX_CONCURRENT_REQUESTS"]) * Sizing.BytesInFlight;

        // Memory is given back late, so it must not be what scales: else pods that were busy once would stay forever.
        Assert.True(full < Scaler(overlay).Targets["memory"]);
    }

    [Theory]
    [MemberData(nameof(WithHpa))]
    public async Task Peak_ComingAtOnce_IsMetWithinTwoMinutes(string folder)
    {
        var scaler = Scaler(await Overlay.RenderAsync(folder));
        var needed = Sizing.Settle(Scaler(await Overlay.RenderAsync(folder)), 2 * Peak);

        for (var second = 0; second < 120; second += Autoscaler.Period)
            scaler.Look(second, Sizing.Totals(2 * Peak, scaler.Replicas));

        Assert.Equal(needed, scaler.Replicas);
    }

    [Theory]
    [InlineData("base", 60)]
    [InlineData("base", 120)]
    [InlineData("base", 240)]
    [InlineData("overlays/inflight-hpa", 60)]
    [InlineData("overlays/inflight-hpa", 120)]
    [InlineData("overlays/inflight-hpa", 240)]
    public async Task SawTooth_UpToThePeak_DoesNotFlap(string folder, int period)
    {
        var scaler = Scaler(await Overlay.RenderAsync(folder));
        List<int> seen = [];
        for (var second = 0; second < 3600; second += Autoscaler.Period)
        {
            var rate = Sizing.PromisedRate / 5 + 2 * Peak * (second % period) / period;
            scaler.Look(second, Sizing.Totals(rate, scaler.Replicas));
            if (second >= 2 * period)
                seen.Add(scaler.Replicas);
        }

        Assert.True(seen[0] > scaler.Minimum, "The teeth are too small to tell anything.");
        Assert.Single(seen.Distinct());
    }

    [Theory]
    [MemberData(nameof(WithHpa))]
    public async Task Load_ThatIsGone_LetsPodsGoSlowly(string folder)
    {
        var scaler = Scaler(await Overlay.RenderAsync(folder));
        var top = Sizing.Settle(scaler, 2 * Peak);
        List<(int Second, int Replicas)> seen = [];

        for (var second = 0; second < 1200; second += Autoscaler.Period)
            seen.Add((second, scaler.Look(3600 + second, Sizing.Totals(1, scaler.Replicas))));

        Assert.All(seen.Where(look => look.Second < 285), look => Assert.Equal(top, look.Replicas));
        Assert.All(seen.Where(look => look.Second >= 60), look => Assert.True(look.Replicas >= seen.Single(before => before.Second == look.Second - 60).Replicas / 2));
        Assert.Equal(scaler.Minimum, seen[^1].Replicas);
    }

    [Fact]
    public async Task SlowProvider_ThatCpuDoesNotSee_IsMetByRequestsInFlight()
    {
        var (byCpu, byFlight) = (await Overlay.RenderAsync("base"), await Overlay.RenderAsync("overlays/inflight-hpa"));
        var limit = Quantity.Parse(byCpu.Environment["MAX_CONCURRENT_REQUESTS"]);
        const decimal Slow = 30;

        Assert.True(Sizing.PromisedRate * Slow / Sizing.Settle(Scaler(byCpu), Sizing.PromisedRate, Slow) > limit);
        Assert.True(Sizing.PromisedRate * Slow / Sizing.Settle(Scaler(byFlight), Sizing.PromisedRate, Slow) <= limit / 2);
    }

    [Fact]
    public async Task Table_OfTheDocument_IsWhatFollows()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var file = Repository.PathOf("docs/deploy.md");
        var written = await File.ReadAllTextAsync(file, cancellationToken);
        var overlays = new Dictionary<string, Overlay>(StringComparer.Ordinal)
        {
            ["base"] = await Overlay.RenderAsync("base"),
            ["overlays/inflight-hpa"] = await Overlay.RenderAsync("overlays/inflight-hpa"),
        };
        var (from, to) = (written.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, written.IndexOf(End, StringComparison.Ordinal));
        var table = Sizing.Table(folder => Scaler(overlays[folder]));
        if (Environment.GetEnvironmentVariable("UPDATE_K8S") == "1")
            await File.WriteAllTextAsync(file, written = written[..from] + table + written[to..], cancellationToken);
        else
            Assert.Equal(table, written[from..to]);

        // What the table follows from stands in the text.
        Assert.All(
            new FormattableString[] { $"{Sizing.CoresPerRate * 1000:0.00} ms", $"{Sizing.WarmBytes / 1024 / 1024:0} MiB", $"{Sizing.BytesInFlight / 1024:0} KiB", $"{Sizing.SecondsInFlight:0.0} s" },
            figure => Assert.Contains(figure.ToString(CultureInfo.InvariantCulture), written));
    }

    private static Autoscaler Scaler(Overlay overlay) => new(overlay.One("HorizontalPodAutoscaler"), overlay.Container);
}
