namespace Serving.Providers.Resilience;

/// <summary>Whether calls of a model are made.</summary>
public enum BreakerState
{
    /// <summary>Calls are made.</summary>
    Closed,

    /// <summary>One call is made to see whether the model works again; others are refused.</summary>
    HalfOpen,

    /// <summary>Calls are refused.</summary>
    Open,
}
