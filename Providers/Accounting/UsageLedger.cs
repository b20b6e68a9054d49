using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;

namespace Serving.Providers.Accounting;

/// <summary>Counts the tokens of every attempt: answers, failures and streams that were left. Thread-safe.</summary>
public sealed class UsageLedger
{
    private readonly ConcurrentDictionary<ModelName, Account> _accounts = new();

    /// <summary>The tokens of each model that told of any, in the order of the names.</summary>
    public IReadOnlyList<ModelUsage> Snapshot() =>
        [.. _accounts.Select(account => account.Value.Read(account.Key)).OrderBy(usage => usage.Model.ToString(), StringComparer.Ordinal)];

    /// <summary>Adds what a provider told of one attempt, or a part of it.</summary>
    public void Record(ModelName model, UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        _accounts.GetOrAdd(model, static _ => new Account()).Add(usage);
    }

    private sealed class Account
    {
        private long _input;
        private long _cached;
        private long _output;
        private long _reasoning;

        public void Add(UsageDetails usage)
        {
            Interlocked.Add(ref _input, usage.InputTokenCount ?? 0);
            Interlocked.Add(ref _cached, usage.CachedInputTokenCount ?? 0);
            Interlocked.Add(ref _output, usage.OutputTokenCount ?? 0);
            Interlocked.Add(ref _reasoning, usage.ReasoningTokenCount ?? 0);
        }

        public ModelUsage Read(ModelName model) =>
            new(model, Interlocked.Read(ref _input), Interlocked.Read(ref _cached), Interlocked.Read(ref _output), Interlocked.Read(ref _reasoning));
    }
}
