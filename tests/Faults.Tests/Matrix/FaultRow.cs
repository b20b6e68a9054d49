using Serving.Faults.Tests.Hosting;

namespace Serving.Faults.Tests.Matrix;

/// <summary>A line of the matrix.</summary>
/// <param name="Name">Short and unique within a provider.</param>
/// <param name="Title">What happens, for people.</param>
internal sealed record FaultRow(string Name, string Title)
{
    public required Place Start { get; init; }

    public required Place Text { get; init; }

    public required Place Tool { get; init; }

    public Provider Provider { get; init; } = Provider.OpenAi;

    /// <summary>Where the model is called.</summary>
    public Server Server { get; init; }

    /// <summary>Whether it cannot pass between two attempts: it is not the simulator's doing.</summary>
    public bool IsLasting => Server != Server.Simulator;

    /// <summary>Whether the times of attempts and silence are longer than the request's own.</summary>
    public bool IsUnbounded { get; init; }

    /// <summary>Whether one piece is replaced by a huge one.</summary>
    public bool IsHuge { get; init; }

    /// <summary>What a finished stream or message tells of its end; null if it is the usual.</summary>
    public string? FinishReason { get; init; }

    public Place At(Position position) => position switch
    {
        Position.BeforeFirstToken => Start,
        Position.AfterText => Text,
        _ => Tool,
    };
}
