using Polly;
using Polly.Hedging;

namespace Serving.Providers.Resilience;

/// <summary>
/// A second attempt beside one that is slower than 19 in 20 have been. The first of the two that begins to answer counts, the other is cancelled at once.
/// Second attempts are a small share of the calls, and are taken from the retry budget too.
/// </summary>
internal sealed class Hedging(double share, RetryBudget budget)
{
    private readonly LatencyWindow _latency = new();
    // Earns a retry as the budget of retries does, so that hedges come to their share of the calls.
    private readonly RetryBudget _hedges = new(share);

    public void Answered(TimeSpan latency)
    {
        _latency.Add(latency);
        _hedges.Earn();
    }

    public HedgingStrategyOptions<Attempt> Strategy() => new()
    {
        MaxHedgedAttempts = 1,
        // Failures are for the retry outside, unless the other attempt is still at work.
        ShouldHandle = arguments => new ValueTask<bool>(arguments.Outcome.Exception is not null && ResilientModel.CallOf(arguments.Context).IsHedged),
        DelayGenerator = _ => new ValueTask<TimeSpan>(_latency.Slow ?? Timeout.InfiniteTimeSpan),
        ActionGenerator = arguments =>
        {
            var call = ResilientModel.CallOf(arguments.PrimaryContext);
            if (call.IsHedged || !_hedges.TryTake())
                return null;
            if (!budget.TryTake())
            {
                _hedges.Return();
                return null;
            }

            call.IsHedged = true;
            ResilientModel.MarkHedge(arguments.ActionContext);
            return () => arguments.Callback(arguments.ActionContext);
        },
    };
}
