using Polly;
using Polly.Hedging;
using Serving.Providers.Errors;

namespace Serving.Providers.Resilience;

/// <summary>
/// A second attempt beside one that is slower than 19 in 20 have been. The first of the two that begins to answer counts, the other is cancelled at once.
/// Second attempts are a small share of the calls, and are taken from the retry budget too.
/// </summary>
internal sealed class Hedging(double share, RetryBudget budget)
{
    private readonly LatencyWindow _whole = new();
    private readonly LatencyWindow _streamed = new();
    // Earns a retry as the budget of retries does, so that hedges come to their share of the calls.
    private readonly RetryBudget _hedges = new(share);

    public void Answered(bool isStreamed, TimeSpan latency)
    {
        Latency(isStreamed).Add(latency);
        _hedges.Earn();
    }

    /// <param name="begin">Begins a second attempt, if there is room for one.</param>
    /// <param name="open">Sees an attempt through until it answers.</param>
    public HedgingStrategyOptions<Attempt> Strategy(Func<ModelCall, CancellationToken, Attempt?> begin, Func<ModelCall, Attempt, ValueTask<Outcome<Attempt>>> open) => new()
    {
        MaxHedgedAttempts = 1,
        // Failures are for the retry outside, unless the other attempt is still at work and may do better.
        ShouldHandle = arguments => new ValueTask<bool>(
            arguments.Outcome.Exception is not (null or ProviderException { Fault: ProviderFault.Caller }) && ResilientModel.CallOf(arguments.Context).IsHedged),
        // Asked again after each delay: what has been decided stays.
        DelayGenerator = arguments => new ValueTask<TimeSpan>(Delay(ResilientModel.CallOf(arguments.Context))),
        ActionGenerator = arguments =>
        {
            var call = ResilientModel.CallOf(arguments.PrimaryContext);
            var attempt = TryBegin(call, begin, arguments.ActionContext.CancellationToken);
            return attempt is null ? null : () => open(call, attempt);
        },
    };

    private Attempt? TryBegin(ModelCall call, Func<ModelCall, CancellationToken, Attempt?> begin, CancellationToken cancellationToken)
    {
        if (call.IsHedgeDecided)
            return null;
        call.IsHedgeDecided = true;
        // One that waits for its place at the provider is not slow: the provider is full.
        if (!call.IsSent || !_hedges.TryTake())
            return null;
        if (budget.TryTake())
        {
            if (begin(call, cancellationToken) is { } attempt)
            {
                call.IsHedged = true;
                return attempt;
            }

            budget.Return();
        }

        _hedges.Return();
        return null;
    }

    private LatencyWindow Latency(bool isStreamed) => isStreamed ? _streamed : _whole;

    private TimeSpan Delay(ModelCall call) => call.IsHedgeDecided ? Timeout.InfiniteTimeSpan : Latency(call.IsStreamed).Slow ?? Timeout.InfiniteTimeSpan;
}
