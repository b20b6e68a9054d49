using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Runtime.Chat;

namespace Serving.Providers.Accounting;

/// <summary>Counts the tokens of every attempt: answers, failures and streams that were left. Thread-safe.</summary>
/// <param name="prices">What tokens cost; null for no costs.</param>
public sealed class UsageLedger(PriceTable? prices = null)
{
    private readonly ConcurrentDictionary<ModelName, Account> _accounts = new();

    /// <summary>
    /// The totals of each model that told of any, in the order of the names. Of one model they are of one moment: an attempt is in all of them or in none.
    /// Models are read one after the other.
    /// </summary>
    public IReadOnlyList<ModelUsage> Snapshot() =>
        [.. _accounts.Select(account => account.Value.Read(account.Key)).OrderBy(usage => usage.Model.ToString(), StringComparer.Ordinal)];

    /// <summary>Adds what a provider told of an attempt, once for each. Allocates nothing but for the first attempt of a model.</summary>
    /// <param name="model">The model that was asked; a catalog's, since every name is kept for good.</param>
    /// <param name="usage">The tokens to add, those written to a cache as <see cref="UsageCounts.CacheWrite"/>. Counts that are missing or below 0 add none.</param>
    public void Record(ModelName model, UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        _accounts.GetOrAdd(model, static (model, prices) => new Account(prices?.Find(model)), prices).Add(usage);
    }

    private sealed class Account(ModelPrice? price)
    {
        private readonly Lock _lock = new();
        private long _input;
        private long _cached;
        private long _written;
        private long _output;
        private long _reasoning;
        private long _attempts;

        public void Add(UsageDetails usage)
        {
            var written = 0L;
            usage.AdditionalCounts?.TryGetValue(UsageCounts.CacheWrite, out written);
            lock (_lock)
            {
                _input += Positive(usage.InputTokenCount);
                _cached += Positive(usage.CachedInputTokenCount);
                _written += Positive(written);
                _output += Positive(usage.OutputTokenCount);
                _reasoning += Positive(usage.ReasoningTokenCount);
                _attempts++;
            }
        }

        public ModelUsage Read(ModelName model)
        {
            ModelUsage usage;
            lock (_lock)
                usage = new ModelUsage(model, _input, _cached, _output, _reasoning) { CacheWriteTokens = _written, Attempts = _attempts };
            return usage with { Cost = price?.Cost(usage) };
        }

        private static long Positive(long? count) => Math.Max(0, count ?? 0);
    }
}
