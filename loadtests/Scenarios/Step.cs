using Serving.LoadTests.Client;

namespace Serving.LoadTests.Scenarios;

/// <summary>A part of a scenario's requests.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Weight">How many of a hundred requests.</param>
internal sealed record Step(RequestKind Kind, double Weight)
{
    /// <summary>Inputs of a batch.</summary>
    public int Inputs { get; init; } = 1;

    /// <summary>After how many pieces the client leaves; null to stay.</summary>
    public int? LeaveAfter { get; init; }
}
