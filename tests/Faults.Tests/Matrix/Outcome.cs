using Serving.Providers.Resilience;

namespace Serving.Faults.Tests.Matrix;

/// <summary>What is expected of one call of a chain.</summary>
internal sealed record Outcome
{
    /// <summary>200 for an answer, else the status: of the response, or of the error event where the response has begun.</summary>
    public required int Status { get; init; }

    /// <summary>What the client reads; {model}, {provider} and {name} stand for what they say.</summary>
    public string? Says { get; init; }

    /// <summary>Whether the next model answers.</summary>
    public bool IsNext { get; init; }

    /// <summary>What the simulator sees of the first model's calls.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The waits between attempts, in seconds.</summary>
    public double[] Waits { get; init; } = [];

    /// <summary>The header of a response that is an error, in seconds; null for none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The time until the call is over, in seconds, waits included.</summary>
    public double Seconds { get; init; }

    /// <summary>The first model's breaker afterwards.</summary>
    public BreakerState Breaker { get; init; } = BreakerState.Closed;

    /// <summary>How many pieces of text a whole answer has; null for as many as were asked for.</summary>
    public int? Pieces { get; init; }
}
