using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;

namespace Serving.Providers.Telemetry;

/// <summary>What is measured of one model. Thread-safe.</summary>
internal sealed class ModelMetrics(ProviderMetrics metrics, ModelName name)
{
    private readonly string _genAiProvider = GenAiProvider(name.Provider);
    private long _inFlight;

    public ModelName Name => name;

    public Func<ModelHealth>? Health { get; set; }

    public Measurement<long> InFlight => Measure(name, Interlocked.Read(ref _inFlight));

    /// <summary>Counts an attempt as in flight; <see cref="AttemptEnded"/> must follow, once.</summary>
    public void AttemptStarted() => Interlocked.Increment(ref _inFlight);

    /// <summary>Counts an attempt.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="duration">From its sending to its end; of a stream, to the end of the stream.</param>
    public void AttemptEnded(CallOutcome outcome, TimeSpan duration)
    {
        Interlocked.Decrement(ref _inFlight);
        Count(metrics.Attempts, "outcome", outcome.Word());
        if (!metrics.Duration.Enabled)
            return;
        var tags = Operation();
        if (outcome != CallOutcome.Ok)
            tags.Add("error.type", outcome.Word());
        metrics.Duration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Tells how long a stream took up to its first chunk. Not for whole answers.</summary>
    public void FirstChunk(TimeSpan sinceSent)
    {
        if (metrics.TimeToFirstChunk.Enabled)
            metrics.TimeToFirstChunk.Record(sinceSent.TotalSeconds, Operation());
    }

    /// <summary>Whether somebody wants to know when further chunks of streams come.</summary>
    public bool MeasuresChunks => metrics.TimePerOutputChunk.Enabled;

    /// <summary>Tells how long a further chunk of a stream took after the one before it.</summary>
    public void NextChunk(TimeSpan sinceLast) => metrics.TimePerOutputChunk.Record(sinceLast.TotalSeconds, Operation());

    /// <summary>Tells the tokens of an attempt, once, whatever its outcome. What the provider did not tell is not recorded.</summary>
    public void Used(UsageDetails usage)
    {
        if (metrics.TokenUsage is { Enabled: true } histogram)
        {
            Record(histogram, "input", usage.InputTokenCount);
            Record(histogram, "output", usage.OutputTokenCount);
        }

        if (metrics.InferenceTokens is { Enabled: true } tokens)
            tokens.Record(usage, Operation());
    }

    /// <summary>Counts an attempt that follows a failed one of this model.</summary>
    public void Retried(CallOutcome reason) => Count(metrics.Retries, "reason", reason.Word());

    /// <summary>Counts a call that this model takes over from the one before it.</summary>
    /// <param name="reason">Why the other one did not answer.</param>
    public void StoodIn(CallOutcome reason) => Count(metrics.Fallbacks, "reason", reason.Word());

    /// <summary>Counts a second call.</summary>
    /// <param name="won">Whether its answer counted.</param>
    public void Hedged(bool won) => Count(metrics.Hedges, "outcome", won ? "won" : "lost");

    public static Measurement<T> Measure<T>(ModelName name, T value)
        where T : struct => new(value, new KeyValuePair<string, object?>("provider", name.Provider), new KeyValuePair<string, object?>("model", name.Model));

    /// <summary>The name that OpenTelemetry's conventions have for a provider, where they have one.</summary>
    public static string GenAiProvider(string provider) => provider switch
    {
        "azure" => "azure.ai.openai",
        "mistral" => "mistral_ai",
        _ => provider,
    };

    private void Count(Counter<long> counter, string tag, string word)
    {
        if (counter.Enabled)
            counter.Add(1, new TagList { { "provider", name.Provider }, { "model", name.Model }, { tag, word } });
    }

    private void Record(Histogram<long> histogram, string type, long? tokens)
    {
        if (tokens is not { } count)
            return;
        var tags = Operation();
        tags.Add("gen_ai.token.type", type);
        histogram.Record(count, tags);
    }

    private TagList Operation() => new()
    {
        { "gen_ai.operation.name", "chat" },
        { "gen_ai.provider.name", _genAiProvider },
        { "gen_ai.request.model", name.Model },
    };
}
