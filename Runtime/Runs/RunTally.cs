using Microsoft.Extensions.AI;

namespace Serving.Runtime.Runs;

/// <summary>What adds up over a root run and all runs below it, observed or not. Several root runs, such as those of a batch, may share one. Thread-safe.</summary>
public sealed class RunTally
{
    private long _inputTokens;
    private long _outputTokens;
    private volatile bool _isTold;

    /// <summary>The tokens of all prompts, as far as the models told them; null if none did.</summary>
    public long? InputTokens => _isTold ? Interlocked.Read(ref _inputTokens) : null;

    /// <summary>The tokens of all answers, as far as the models told them; null if none did.</summary>
    public long? OutputTokens => _isTold ? Interlocked.Read(ref _outputTokens) : null;

    /// <summary>Adds tokens. The steps around models do; a step that calls a model by itself should.</summary>
    public void Add(UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        Interlocked.Add(ref _inputTokens, usage.InputTokenCount ?? 0);
        Interlocked.Add(ref _outputTokens, usage.OutputTokenCount ?? 0);
        _isTold = true;
    }

    internal void Add(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            if (content is UsageContent told)
                Add(told.Details);
        }
    }
}
