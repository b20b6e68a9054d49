using System.Globalization;
using Serving.Faults.Tests.Calls;
using Serving.Faults.Tests.Hosting;
using Serving.Providers.Resilience;
using Serving.Simulator.Ledgers;

namespace Serving.Faults.Tests;

/// <summary>What the host has counted is what the providers have told, to the token.</summary>
public sealed class TotalsTests(FaultHost host) : IClassFixture<FaultHost>
{
    private const int Calls = 400;
    private const int Seed = 20300102;

    /// <summary>
    /// What calls meet. Those that stall are left by their caller. None is left, or broken, while the provider still talks: what it tells then may be sent
    /// and never read.
    /// </summary>
    private static readonly string[] Behaviours =
    [
        "tokens=7", "tokens=1", "tokens=12~cached=3~reasoning=5", "tool", "tool~calls=2",
        "503~times=1", "429~times=2", "cut~after=2~times=1", "reset~after=0~times=1", "truncated~after=2~times=1", "error~after=2~times=1",
        "cut~after=2", "503", "401", "context", "error~at=start~status=429",
        "filter", "refusal", "done-missing", "done-twice", "empty~times=1",
        "stall~at=start", "stall~after=3",
    ];

    [Fact]
    public async Task Usage_OfAMixOfCalls_EqualsTheSimulatorsLedger()
    {
#pragma warning disable CA5394 // a mix, not a secret
        var random = new Random(Seed);
        var token = TestContext.Current.CancellationToken;
        var aborted = 0;
        var failed = 0;
        for (var i = 0; i < Calls; i++)
        {
            var behaviour = Behaviours[random.Next(Behaviours.Length)];
            var provider = random.Next(2) == 0 ? Provider.OpenAi : Provider.Anthropic;
            var name = $"sim~{behaviour}~id=total{i.ToString(CultureInfo.InvariantCulture)}";
            var model = host.CreateModel(provider, name, new ResilienceOptions());
            var next = host.CreateModel(random.Next(2) == 0 ? Provider.OpenAi : Provider.Anthropic, $"sim~tokens=4~id=next{random.Next(9)}", new ResilienceOptions());
            host.Model = random.Next(2) == 0 ? new ResilientChatClient(model) : new ResilientChatClient(model, next);
            var chain = behaviour.StartsWith("tool", StringComparison.Ordinal) ? "tool" : "text";
            var endpoint = new[] { "invoke", "batch", "stream", "stream_events" }[random.Next(4)];
            var question = string.Join(' ', Enumerable.Range(0, random.Next(1, 9)));
            var call = new ChainCall();
            using var leaves = CancellationTokenSource.CreateLinkedTokenSource(token);
            leaves.CancelAfter(FaultHost.Patience);
            var running = call.RunAsync(host.Http, chain, endpoint, leaves.Token, question);
            if (behaviour.StartsWith("stall", StringComparison.Ordinal))
            {
                // Everything that was told before is with the caller when it leaves.
                await host.Simulator.Ledger.WhenAsync(ledger => ledger.Of(name).Hanging == 1, leaves.Token);
                if (behaviour != "stall~at=start" && endpoint.StartsWith("stream", StringComparison.Ordinal))
                    await call.WhenAsync(() => call.Texts.Count == 3, leaves.Token);
                await leaves.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
                aborted++;
            }
            else
            {
                await running;
                failed += call.Message is null ? 0 : 1;
            }

            await host.Simulator.Ledger.WhenAsync(ledger => ledger.Total.Open == 0, token);
            await host.Idle.WaitAsync(FaultHost.Patience, token);
        }
#pragma warning restore CA5394

        var told = host.Simulator.Ledger.Models
            .Select(model => (Model: model.Key, Tokens: model.Value.Tokens + model.Value.PartialTokens))
            .Where(model => model.Tokens != TokenCounts.Zero)
            .OrderBy(model => model.Model, StringComparer.Ordinal);
        var counted = host.Usage.Snapshot()
            .GroupBy(usage => usage.Model.Model, StringComparer.Ordinal) // the stand-ins are there under both providers
            .Select(model => (Model: model.Key, Tokens: model
                .Select(usage => new TokenCounts(usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, usage.ReasoningTokens))
                .Aggregate(TokenCounts.Zero, (sum, tokens) => sum + tokens)))
            .OrderBy(model => model.Model, StringComparer.Ordinal);
        Assert.Equal(told, counted);
        Assert.True(aborted > 20 && failed > 20 && host.Simulator.Ledger.Total.Requests > Calls, $"Seed {Seed}: the mix has {aborted} calls left and {failed} failed.");
        var total = host.Simulator.Ledger.Total;
        Assert.True(total.Tokens is { Output: > Calls, Cached: > 0, Reasoning: > 0 } && total.PartialTokens.Input > 0, $"Seed {Seed}: the providers told {total.Tokens} and {total.PartialTokens}.");
    }
}
