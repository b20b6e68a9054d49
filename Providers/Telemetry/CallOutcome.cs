using Serving.Providers.Errors;
using Serving.Runtime.Errors;

namespace Serving.Providers.Telemetry;

/// <summary>How an attempt ended, or why a model was not asked. Metrics carry these as words, so that no other text can become a label.</summary>
internal enum CallOutcome
{
    Ok,
    RateLimited,
    Timeout,
    Unavailable,
    BadAnswer,
    HardDown,
    CallerFault,

    /// <summary>Whoever asked has left, or another call has answered first.</summary>
    Cancelled,

    /// <summary>The model's breaker let no call through.</summary>
    BreakerOpen,

    /// <summary>The provider's limit on calls in flight, and on those that wait, was reached.</summary>
    Busy,

    /// <summary>What the provider asked to wait was longer than the run has left.</summary>
    NoTime,

    /// <summary>A failure that is none of a provider's.</summary>
    Error,
}

/// <summary>Outcomes of failures, and the words of outcomes.</summary>
internal static class CallOutcomes
{
    private static readonly string[] Words =
        ["ok", "rate_limited", "timeout", "unavailable", "bad_answer", "hard_down", "caller_fault", "cancelled", "breaker_open", "busy", "no_time", "error"];

    public static string Word(this CallOutcome outcome) => Words[(int)outcome];

    /// <summary>The outcome of an attempt that ended in a failure, or of one that was not made.</summary>
    public static CallOutcome Of(Exception failure) => failure switch
    {
        ProviderException { IsUnsent: true, Kind: ErrorKind.ProviderUnavailable } => CallOutcome.BreakerOpen,
        ProviderException { IsUnsent: true, Kind: ErrorKind.Overloaded } => CallOutcome.Busy,
        ProviderException { IsUnsent: true, Kind: ErrorKind.Timeout } => CallOutcome.NoTime,
        ProviderException { Fault: ProviderFault.HardDown } => CallOutcome.HardDown,
        ProviderException { Fault: ProviderFault.Caller } => CallOutcome.CallerFault,
        ProviderException { Kind: ErrorKind.RateLimited } => CallOutcome.RateLimited,
        ProviderException { Kind: ErrorKind.Timeout } => CallOutcome.Timeout,
        ProviderException { Kind: ErrorKind.BadGateway } => CallOutcome.BadAnswer,
        ProviderException => CallOutcome.Unavailable,
        OperationCanceledException => CallOutcome.Cancelled,
        _ => CallOutcome.Error,
    };
}
