using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Providers.Telemetry;

/// <summary>The tokens of attempts by the newer names. Providers do not tell them by modality, so it is <c>unknown</c>. Thread-safe.</summary>
internal sealed class InferenceTokens(Meter meter, InstrumentAdvice<long> buckets)
{
    private readonly Counter<long> _input = Counter(meter, "input_tokens", "Tokens of prompts, those from and to a cache included.");
    private readonly Counter<long> _output = Counter(meter, "output_tokens", "Tokens of answers, those of reasoning included.");
    private readonly Counter<long> _cacheRead = Counter(meter, "cache_read.input_tokens", "Tokens of prompts that the provider had cached.");
    private readonly Counter<long> _cacheWrite = Counter(meter, "cache_write.input_tokens", "Tokens of prompts that the provider put into its cache.");
    private readonly Counter<long> _reasoning = Counter(meter, "reasoning.output_tokens", "Tokens of reasoning.");
    private readonly Histogram<long> _inputOfOne = Histogram(meter, "input_tokens", "Tokens of the prompt of an attempt.", buckets);
    private readonly Histogram<long> _outputOfOne = Histogram(meter, "output_tokens", "Tokens of the answer of an attempt.", buckets);

    public bool Enabled => _input.Enabled || _inputOfOne.Enabled;

    /// <param name="usage">What a provider told of one attempt.</param>
    /// <param name="operation">Operation, provider and model.</param>
    public void Record(UsageDetails usage, TagList operation)
    {
        if (usage.InputTokenCount is { } input)
            _inputOfOne.Record(input, operation);
        if (usage.OutputTokenCount is { } output)
            _outputOfOne.Record(output, operation);
        operation.Add("gen_ai.token.modality", "unknown");
        Add(_input, usage.InputTokenCount, operation);
        Add(_output, usage.OutputTokenCount, operation);
        Add(_cacheRead, usage.CachedInputTokenCount, operation);
        Add(_cacheWrite, usage.AdditionalCounts?.TryGetValue(UsageCounts.CacheWrite, out var written) == true ? written : null, operation);
        Add(_reasoning, usage.ReasoningTokenCount, operation);
    }

    private static void Add(Counter<long> counter, long? tokens, in TagList tags)
    {
        if (tokens is { } count and > 0)
            counter.Add(count, tags);
    }

    private static Counter<long> Counter(Meter meter, string name, string description) =>
        meter.CreateCounter<long>("gen_ai.client.inference.usage." + name, "{token}", description);

    private static Histogram<long> Histogram(Meter meter, string name, string description, InstrumentAdvice<long> buckets) =>
        meter.CreateHistogram("gen_ai.client.inference.operation." + name, "{token}", description, null, buckets);
}
