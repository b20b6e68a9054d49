using Microsoft.Extensions.AI;
using Polly;
using Serving.Runtime.Chat;
using Serving.Runtime.Runs;

namespace Serving.Providers.Resilience;

/// <summary>One call of a chain, on its way through the models that may answer it. Asked of one model at a time.</summary>
internal sealed class ModelCall(IEnumerable<ChatMessage> messages, ChatOptions? options, bool isStreamed, CancellationToken cancellationToken)
{
    // Read once for all attempts: an iterator may not give the same twice.
    public IEnumerable<ChatMessage> Messages { get; } = messages as IReadOnlyList<ChatMessage> ?? [.. messages];

    public bool IsStreamed => isStreamed;

    public CancellationToken CancellationToken => cancellationToken;

    public RunContext? Run => (options as RunChatOptions)?.Run;

    /// <summary>What the model that is asked now is given.</summary>
    public ChatOptions? Options { get; private set; }

    /// <summary>How many attempts the model that is asked now has seen.</summary>
    public int Attempts { get; set; }

    /// <summary>The first attempt, once it has failed and before anything came of that.</summary>
    public Outcome<Attempt>? Failed { get; set; }

    /// <summary>The wait before the attempt that comes next.</summary>
    public TimeSpan NextWait { get; set; }

    /// <summary>How long the attempt took that failed last.</summary>
    public TimeSpan LastTook { get; set; }

    /// <summary>Time that is kept for the model to be asked if this one fails.</summary>
    public TimeSpan Reserve { get; private set; }

    /// <summary>Whether a second attempt runs beside the first.</summary>
    public bool IsHedged { get; set; }

    /// <summary>Whether it has been decided that a second attempt is made, or that none is.</summary>
    public bool IsHedgeDecided { get; set; }

    /// <summary>Whether the attempt that runs now, or the first of two, has got its place at the provider.</summary>
    public bool IsSent { get; set; }

    /// <summary>Whether a retry has been taken from the budget and not been made yet.</summary>
    public bool OwesRetry { get; set; }

    public bool IsOutOfTime => Run?.TimeLeft <= TimeSpan.Zero;

    /// <summary>Whether so much time is left for this model, and the next one would not have answered sooner.</summary>
    public bool HasTimeFor(TimeSpan needed) =>
        (Reserve == TimeSpan.Zero || needed < Reserve) && (Run?.TimeLeft is not { } left || needed + Reserve < left);

    /// <summary>Turns to a model.</summary>
    public void Ask(ResilientModel model, TimeSpan reserve, bool isStandIn)
    {
        Attempts = 0;
        LastTook = TimeSpan.Zero;
        IsHedged = IsHedgeDecided = OwesRetry = false;
        Reserve = reserve;
        Options = Merge(options, model.Defaults, keepsModel: !isStandIn);
    }

    /// <summary>A call's own settings, then the model's. A stand-in is not asked for the model that it stands in for.</summary>
    private static ChatOptions? Merge(ChatOptions? own, ChatOptions? defaults, bool keepsModel)
    {
        if (own is null)
            return defaults;
        if (defaults is null && (keepsModel || own.ModelId is null))
            return own;
        var merged = own.Clone();
        if (!keepsModel)
            merged.ModelId = null;
        if (defaults is null)
            return merged;
        merged.Temperature ??= defaults.Temperature;
        merged.TopP ??= defaults.TopP;
        merged.TopK ??= defaults.TopK;
        merged.MaxOutputTokens ??= defaults.MaxOutputTokens;
        merged.FrequencyPenalty ??= defaults.FrequencyPenalty;
        merged.PresencePenalty ??= defaults.PresencePenalty;
        merged.Seed ??= defaults.Seed;
        merged.Reasoning ??= defaults.Reasoning;
        merged.StopSequences ??= defaults.StopSequences;
        foreach (var (name, value) in defaults.AdditionalProperties ?? [])
            (merged.AdditionalProperties ??= []).TryAdd(name, value);
        return merged;
    }
}
