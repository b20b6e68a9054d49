using Microsoft.Extensions.AI;

namespace Serving.Providers.Wire;

/// <summary>
/// Makes increases of running totals, so that what was told of an answer can be added up wherever it ends. Counts never fall: a total that is told lower
/// than before is no news.
/// </summary>
internal sealed class UsageMeter
{
    /// <summary>Tokens that went into a provider's cache, among the additional counts.</summary>
    public const string CacheCreation = "CacheCreationInputTokens";

    private readonly UsageDetails _told = new();

    /// <summary>What the totals have grown by; null if they have not.</summary>
    public UsageDetails? Increase(UsageDetails? totals)
    {
        if (totals is null)
            return null;
        var before = new UsageDetails();
        before.Add(_told);
        _told.InputTokenCount = Higher(_told.InputTokenCount, totals.InputTokenCount);
        _told.OutputTokenCount = Higher(_told.OutputTokenCount, totals.OutputTokenCount);
        // Not every provider adds up, and one that does may leave it out in between.
        var sum = totals.TotalTokenCount ?? _told.InputTokenCount + _told.OutputTokenCount;
        _told.TotalTokenCount = Higher(_told.TotalTokenCount, sum);
        _told.CachedInputTokenCount = Higher(_told.CachedInputTokenCount, totals.CachedInputTokenCount);
        _told.ReasoningTokenCount = Higher(_told.ReasoningTokenCount, totals.ReasoningTokenCount);
        var created = Higher(CreationOf(_told), CreationOf(totals));
        if (created is not null)
            (_told.AdditionalCounts ??= [])[CacheCreation] = created.Value;

        var increase = new UsageDetails
        {
            InputTokenCount = _told.InputTokenCount - (before.InputTokenCount ?? 0),
            OutputTokenCount = _told.OutputTokenCount - (before.OutputTokenCount ?? 0),
            TotalTokenCount = _told.TotalTokenCount - (before.TotalTokenCount ?? 0),
            CachedInputTokenCount = _told.CachedInputTokenCount - (before.CachedInputTokenCount ?? 0),
            ReasoningTokenCount = _told.ReasoningTokenCount - (before.ReasoningTokenCount ?? 0),
        };
        var creation = created - (CreationOf(before) ?? 0);
        if (creation is not null)
            increase.AdditionalCounts = new() { [CacheCreation] = creation.Value };
        var isNews = increase is { InputTokenCount: > 0 } or { OutputTokenCount: > 0 } or { TotalTokenCount: > 0 }
            or { CachedInputTokenCount: > 0 } or { ReasoningTokenCount: > 0 } || creation > 0;
        return isNews ? increase : null;
    }

    private static long? CreationOf(UsageDetails usage) => usage.AdditionalCounts?.TryGetValue(CacheCreation, out var count) == true ? count : null;

    private static long? Higher(long? before, long? now) => now is null || before > now ? before : now;
}
