namespace Serving.Providers.Resilience;

/// <summary>The leave to make one call. What comes of it is told to the breaker once.</summary>
/// <param name="Era">Which state of the breaker gave it; results of calls from an earlier one no longer count.</param>
/// <param name="IsProbe">Whether the breaker's next state hangs on this call.</param>
internal readonly record struct BreakerPass(int Era, bool IsProbe);
