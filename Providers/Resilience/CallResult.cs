namespace Serving.Providers.Resilience;

/// <summary>What a call tells a breaker about its model.</summary>
internal enum CallResult
{
    /// <summary>The model works. A refusal for the caller's fault, or for a rate limit, is an answer too.</summary>
    Works,

    /// <summary>It failed in a way that may pass.</summary>
    Failed,

    /// <summary>It fails until an operator acts.</summary>
    HardDown,

    /// <summary>Nothing: the caller left before there was an answer.</summary>
    Unknown,
}
