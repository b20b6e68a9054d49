namespace Serving.Simulator.Faults;

/// <summary>When an error answer says to come again; each form that is set is sent.</summary>
/// <param name="Seconds"><c>Retry-After</c> as seconds.</param>
/// <param name="Date"><c>Retry-After</c> as an HTTP date, so many seconds from now.</param>
/// <param name="Milliseconds"><c>retry-after-ms</c>.</param>
/// <param name="ResetRequests">The provider's header for when requests are allowed again, in seconds.</param>
/// <param name="ResetTokens">The provider's header for when tokens are allowed again, in seconds.</param>
internal sealed record RetryHint(double? Seconds, double? Date, double? Milliseconds, double? ResetRequests, double? ResetTokens);
