namespace Serving.Simulator.Faults;

/// <summary>What a provider complains about. Each wire has its status and body for it.</summary>
internal enum ErrorCase
{
    BadRequest,
    Unauthorized,
    PaymentRequired,
    Forbidden,
    UnknownModel,
    Timeout,
    Conflict,
    TooLarge,
    Unprocessable,
    RateLimited,
    QuotaExhausted,
    ContextTooLong,
    ContentPolicy,
    ServerError,
    BadGateway,
    Unavailable,
    GatewayTimeout,
    Overloaded,
}
