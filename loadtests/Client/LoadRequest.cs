namespace Serving.LoadTests.Client;

/// <summary>A request, and what its answer must be. It may be sent any number of times, also at once.</summary>
public sealed record LoadRequest
{
    /// <summary>How the server talks.</summary>
    public required Wire Wire { get; init; }

    /// <summary>What is asked for.</summary>
    public required RequestKind Kind { get; init; }

    /// <summary>The path below the server's address, from its first slash.</summary>
    public required string Path { get; init; }

    /// <summary>The JSON that is sent.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Further header lines, each with its line end: <c>"Authorization: Bearer key\r\n"</c>.</summary>
    public string Headers { get; init; } = "";

    /// <summary>How many inputs a batch has.</summary>
    public int Inputs { get; init; } = 1;

    /// <summary>How many numbered pieces an answer must have; null if texts are not looked at.</summary>
    public int? Pieces { get; init; }

    /// <summary>After how many pieces of a stream the client leaves; null to stay.</summary>
    public int? LeaveAfter { get; init; }

    /// <summary>
    /// The time that the model takes by itself: for the whole answer, or for a stream's first piece. What comes on top is the server's doing. Null if it is not known.
    /// </summary>
    public TimeSpan? ModelTime { get; init; }
}
