using Microsoft.Extensions.AI;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;
using Serving.Runtime.Chat;

namespace Serving.Providers.Tests.Accounting;

public sealed class UsageLedgerTests
{
    private static readonly ModelName Mini = new("openai", "gpt-4.1-mini");
    private static readonly ModelName Unknown = new("ollama", "llama3.2");

    private static readonly UsageDetails Attempt = new()
    {
        InputTokenCount = 1_000,
        CachedInputTokenCount = 300,
        OutputTokenCount = 200,
        ReasoningTokenCount = 150,
        AdditionalCounts = new() { [UsageCounts.CacheWrite] = 100 },
    };

    private static readonly PriceTable Prices = PriceTable.Parse(
        """{ "openai:gpt-4.1-mini": { "input": 0.4, "cached_input": 0.1, "cache_write": 0.5, "output": 1.6, "reasoning": 2 } }"""u8, "test", null);

    [Fact]
    public void Record_EveryKindOfToken_IsCountedAndPricedOnce()
    {
        var ledger = new UsageLedger(Prices);

        ledger.Record(Mini, Attempt);

        // 600 plain, 300 cached, 100 written, 50 plain and 150 reasoning tokens.
        Assert.Equal(
            new ModelUsage(Mini, 1_000, 300, 200, 150) { CacheWriteTokens = 100, Attempts = 1, Cost = 0.000_240m + 0.000_030m + 0.000_050m + 0.000_080m + 0.000_300m },
            Assert.Single(ledger.Snapshot()));
    }

    [Fact]
    public void Record_ModelWithoutPrice_CountsTokensAndHasNoCost()
    {
        var ledger = new UsageLedger(Prices);

        ledger.Record(Unknown, Attempt);

        var usage = Assert.Single(ledger.Snapshot());
        Assert.Equal(1_000, usage.InputTokens);
        Assert.Null(usage.Cost);
    }

    [Fact]
    public void Record_WithoutPrices_HasNoCost()
    {
        var ledger = new UsageLedger();

        ledger.Record(Mini, Attempt);

        Assert.Null(Assert.Single(ledger.Snapshot()).Cost);
    }

    [Fact]
    public void Record_NonsenseOfAProvider_NeverLowersATotal()
    {
        var ledger = new UsageLedger(Prices);

        ledger.Record(Mini, new UsageDetails { InputTokenCount = -5, CachedInputTokenCount = 10, OutputTokenCount = 1, ReasoningTokenCount = 3 });

        Assert.Equal(
            new ModelUsage(Mini, 0, 10, 1, 3) { Attempts = 1, Cost = 0.000_001m + 0.000_006m },
            Assert.Single(ledger.Snapshot()));
    }

    [Fact]
    public async Task Record_FromManyThreads_LosesNothingAndCostsWhatTheAttemptsCost()
    {
        const int Threads = 4, Rounds = 200;
        var random = new Random(5);
        ModelUsage[] usages = [.. Enumerable.Range(0, 1_000).Select(_ => SomeUsage(random))];
        UsageDetails[] details = [.. usages.Select(DetailsOf)];
        var ledger = new UsageLedger(Prices);
        using var start = new Barrier(Threads);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                for (var i = 0; i < Rounds * details.Length; i++)
                    ledger.Record(Mini, details[i % details.Length]);
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        var total = Assert.Single(ledger.Snapshot());
        Assert.Equal(Threads * Rounds * usages.Length, total.Attempts);
        Assert.Equal(Threads * Rounds * usages.Sum(usage => usage.InputTokens), total.InputTokens);
        Assert.Equal(Threads * Rounds * usages.Sum(Prices.Find(Mini)!.Cost), total.Cost);
    }

    [Fact]
    public async Task Snapshot_WhileAttemptsAreRecorded_HasEachWholeOrNotAtAll()
    {
        var ledger = new UsageLedger(Prices);
        ledger.Record(Mini, Attempt);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var writer = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                    ledger.Record(Mini, Attempt);
            },
            TestContext.Current.CancellationToken);

        for (var i = 0; i < 20_000; i++)
        {
            var usage = Assert.Single(ledger.Snapshot());
            Assert.Equal(
                (usage.Attempts * 1_000, usage.Attempts * 300, usage.Attempts * 100, usage.Attempts * 200),
                (usage.InputTokens, usage.CachedInputTokens, usage.CacheWriteTokens, usage.OutputTokens));
        }

        await done.CancelAsync();
        await writer;
    }

    [Fact]
    public void Record_KnownModel_AllocatesNothing()
    {
        var ledger = new UsageLedger(Prices);
        for (var i = 0; i < 100; i++)
            ledger.Record(Mini, Attempt);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            ledger.Record(Mini, Attempt);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ModelUsage SomeUsage(Random random) =>
        new(Mini, random.Next(1_000, 5_000), random.Next(500), random.Next(300, 9_000), random.Next(300)) { CacheWriteTokens = random.Next(500) };

    private static UsageDetails DetailsOf(ModelUsage usage) => new()
    {
        InputTokenCount = usage.InputTokens,
        CachedInputTokenCount = usage.CachedInputTokens,
        OutputTokenCount = usage.OutputTokens,
        ReasoningTokenCount = usage.ReasoningTokens,
        AdditionalCounts = new() { [UsageCounts.CacheWrite] = usage.CacheWriteTokens },
    };
}
