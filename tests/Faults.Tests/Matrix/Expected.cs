using Serving.Providers.Resilience;

namespace Serving.Faults.Tests.Matrix;

/// <summary>
/// The outcomes that occur. Chance is fixed in its middle, so three retries without a hint wait 0.75, 1.5 and 3 s. An attempt may take 20 s, silence within a
/// stream 25 s, a request 60 s, a stream that has begun 600 s.
/// </summary>
internal static class Expected
{
    private static readonly double[] Backoff = [0.75, 1.5, 3];

    /// <summary>All is well.</summary>
    public static Case Works { get; } = Same(Answers());

    /// <summary>It may pass: it is tried again, three times; then the next model is asked.</summary>
    public static Case Passes(int status, string says) => Passes(status, says, retryAfter: 1, Backoff);

    /// <summary>The same with the waits that the provider's hints lead to.</summary>
    public static Case Passes(int status, string says, int retryAfter, params double[] waits) => new(
        Fails(status, says) with { Attempts = 4, Waits = waits, Seconds = waits.Sum(), RetryAfter = retryAfter },
        Answers() with { Attempts = 2, Waits = waits[..1], Seconds = waits[0] },
        NextAnswers() with { Attempts = 4, Waits = waits, Seconds = waits.Sum() });

    /// <summary>It may pass, but not while the request lasts.</summary>
    public static Case PassesTooLate(string says, int retryAfter)
    {
        var fails = Fails(429, says) with { RetryAfter = retryAfter };
        return new(fails, fails, NextAnswers());
    }

    /// <summary>The same in a stream of events, which has 600 s: it is waited for, unless there is a next model that answers sooner.</summary>
    public static Case PassesInEvents(string says, int retryAfter, params double[] waits) => Passes(429, says, retryAfter, waits) with { WithNext = NextAnswers() };

    /// <summary>Only an operator can help: it is not tried again, and the breaker opens at once.</summary>
    public static Case Down(string says) => new Case(Fails(502, says), Fails(502, says), NextAnswers()).With(outcome => outcome with { Breaker = BreakerState.Open });

    /// <summary>The caller's fault: another attempt, or another model, would not help.</summary>
    public static Case Refused(int status, string says) => Same(Fails(status, says));

    /// <summary>An attempt that takes all its time. Of 60 s there is room for two; with a next model its time is kept for it.</summary>
    public static Case Hangs { get; } = new(
        Fails(504, Sentence.Late20) with { Attempts = 2, Waits = [0.75], Seconds = 40.75, RetryAfter = 1 },
        Answers() with { Attempts = 2, Waits = [0.75], Seconds = 20.75 },
        NextAnswers() with { Attempts = 1, Seconds = 20 });

    /// <summary>The same in a stream of events, which begins at once and has 600 s: there is room for four, but a next model answers sooner.</summary>
    public static Case HangsInEvents { get; } = new(
        Fails(504, Sentence.Late20) with { Attempts = 4, Waits = Backoff, Seconds = 85.25 },
        Answers() with { Attempts = 2, Waits = [0.75], Seconds = 20.75 },
        NextAnswers() with { Attempts = 1, Seconds = 20 });

    /// <summary>The request's own time is over. Nobody is asked any more.</summary>
    public static Case Over(int seconds, string setting) =>
        Same(Fails(504, $"The chain did not answer within {seconds} s ({setting}).") with { Seconds = seconds });

    /// <summary>Content has been passed on: no attempt follows, and no other model's answer.</summary>
    public static Case Breaks(int status, string says, double seconds = 0) => Same(Fails(status, says) with { Seconds = seconds });

    public static Case Same(Outcome outcome) => new(outcome, outcome, outcome);

    private static Outcome Answers() => new() { Status = 200 };

    private static Outcome NextAnswers() => new() { Status = 200, IsNext = true };

    private static Outcome Fails(int status, string says) => new() { Status = status, Says = says };
}
