namespace Serving.Providers.Telemetry;

/// <summary>By which names tokens are told. OpenTelemetry's conventions for generative AI have changed theirs, and are still in development.</summary>
public enum TokenMetrics
{
    /// <summary>One histogram, <c>gen_ai.client.token.usage</c>, by <c>gen_ai.token.type</c>.</summary>
    Old,

    /// <summary>Counters <c>gen_ai.client.inference.usage.…</c> of what was used, and histograms <c>gen_ai.client.inference.operation.…</c> of single attempts.</summary>
    New,

    /// <summary>Both, while dashboards move from one to the other.</summary>
    Both,
}
