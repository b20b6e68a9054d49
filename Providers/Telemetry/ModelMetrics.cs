using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;

namespace Serving.Providers.Telemetry;

/// <summary>What is measured of one model. Thread-safe.</summary>
internal sealed class ModelMetrics
{
    private readonly ProviderMetrics _metrics;
    // Labels are made once: to put them together for each measurement costs a fifth of it.
    private readonly KeyValuePair<string, object?>[] _operation;
    private readonly KeyValuePair<string, object?>[] _input;
    private readonly KeyValuePair<string, object?>[] _output;
    private readonly KeyValuePair<string, object?>[] _answered;
    private long _inFlight;

    public ModelMetrics(ProviderMetrics metrics, ModelName name)
    {
        _metrics = metrics;
        Name = name;
        _operation =
        [
            new("gen_ai.operation.name", "chat"),
            new("gen_ai.provider.name", GenAiProvider(name.Provider)),
            new("gen_ai.request.model", name.Model),
        ];
        _input = [.. _operation, new("gen_ai.token.type", "input")];
        _output = [.. _operation, new("gen_ai.token.type", "output")];
        _answered = Labels("outcome", CallOutcome.Ok.Word());
    }

    public ModelName Name { get; }

    public Func<ModelHealth>? Health { get; set; }

    public Measurement<long> InFlight => Measure(Name, Interlocked.Read(ref _inFlight));

    /// <summary>Counts an attempt as in flight; <see cref="AttemptEnded"/> must follow, once.</summary>
    public void AttemptStarted() => Interlocked.Increment(ref _inFlight);

    /// <summary>Counts an attempt.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="duration">From its sending to its end; of a stream, to the end of the stream.</param>
    public void AttemptEnded(CallOutcome outcome, TimeSpan duration)
    {
        Interlocked.Decrement(ref _inFlight);
        var isOk = outcome == CallOutcome.Ok;
        if (isOk)
            _metrics.Attempts.Add(1, _answered);
        else
            Count(_metrics.Attempts, "outcome", outcome.Word());
        if (_metrics.Duration.Enabled)
            _metrics.Duration.Record(duration.TotalSeconds, isOk ? _operation : [.. _operation, new("error.type", outcome.Word())]);
    }

    /// <summary>Tells how long a stream took up to its first chunk. Not for whole answers.</summary>
    public void FirstChunk(TimeSpan sinceSent)
    {
        if (_metrics.TimeToFirstChunk.Enabled)
            _metrics.TimeToFirstChunk.Record(sinceSent.TotalSeconds, _operation);
    }

    /// <summary>Whether somebody wants to know when further chunks of streams come.</summary>
    public bool MeasuresChunks => _metrics.TimePerOutputChunk.Enabled;

    /// <summary>Tells how long a further chunk of a stream took after the one before it.</summary>
    public void NextChunk(TimeSpan sinceLast) => _metrics.TimePerOutputChunk.Record(sinceLast.TotalSeconds, _operation);

    /// <summary>Tells the tokens of an attempt, once, whatever its outcome. What the provider did not tell is not recorded.</summary>
    public void Used(UsageDetails usage)
    {
        if (_metrics.TokenUsage is { Enabled: true } histogram)
        {
            if (usage.InputTokenCount is { } input)
                histogram.Record(input, _input);
            if (usage.OutputTokenCount is { } output)
                histogram.Record(output, _output);
        }

        if (_metrics.InferenceTokens is { Enabled: true } tokens)
            tokens.Record(usage, new TagList(_operation));
    }

    /// <summary>Counts an attempt that follows a failed one of this model.</summary>
    public void Retried(CallOutcome reason) => Count(_metrics.Retries, "reason", reason.Word());

    /// <summary>Counts a call that this model takes over from the one before it.</summary>
    /// <param name="reason">Why the other one did not answer.</param>
    public void StoodIn(CallOutcome reason) => Count(_metrics.Fallbacks, "reason", reason.Word());

    /// <summary>Counts a second call.</summary>
    /// <param name="won">Whether its answer counted.</param>
    public void Hedged(bool won) => Count(_metrics.Hedges, "outcome", won ? "won" : "lost");

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
            counter.Add(1, Labels(tag, word));
    }

    private KeyValuePair<string, object?>[] Labels(string tag, string word) => [new("provider", Name.Provider), new("model", Name.Model), new(tag, word)];
}
