using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Providers.Wire;

/// <summary>
/// Makes increases of running totals, so that what was told of an answer can be added up wherever it ends. Counts never fall: a total that is told lower
/// than before is no news.
/// </summary>
internal struct UsageMeter
{
    private long _input;
    private long _output;
    private long _total;
    private long _cached;
    private long _reasoning;
    private long _created;

    /// <summary>What the totals have grown by; null if they have not. The details given are used for it.</summary>
    public UsageDetails? Increase(UsageDetails? totals)
    {
        if (totals is null)
            return null;
        // Not every provider adds up, and one that does may leave it out in between.
        totals.TotalTokenCount ??= Math.Max(_input, totals.InputTokenCount ?? 0) + Math.Max(_output, totals.OutputTokenCount ?? 0);
        var isNews = false;
        totals.InputTokenCount = Grow(ref _input, totals.InputTokenCount, ref isNews);
        totals.OutputTokenCount = Grow(ref _output, totals.OutputTokenCount, ref isNews);
        totals.TotalTokenCount = Grow(ref _total, totals.TotalTokenCount, ref isNews);
        totals.CachedInputTokenCount = Grow(ref _cached, totals.CachedInputTokenCount, ref isNews);
        totals.ReasoningTokenCount = Grow(ref _reasoning, totals.ReasoningTokenCount, ref isNews);
        if (totals.AdditionalCounts?.TryGetValue(UsageCounts.CacheWrite, out var created) == true)
            totals.AdditionalCounts[UsageCounts.CacheWrite] = Grow(ref _created, created, ref isNews) ?? 0;
        return isNews ? totals : null;
    }

    private static long? Grow(ref long told, long? total, ref bool isNews)
    {
        if (total is null)
            return null;
        var increase = Math.Max(0, total.Value - told);
        told += increase;
        isNews |= increase > 0;
        return increase;
    }
}
