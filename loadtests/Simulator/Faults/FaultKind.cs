namespace Serving.Simulator.Faults;

/// <summary>The ways in which an answer goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>An error status with the provider's body.</summary>
    Status,

    /// <summary>Nothing is ever sent.</summary>
    Hang,

    /// <summary>The answer begins and never goes on.</summary>
    Stall,

    /// <summary>Each piece takes long.</summary>
    Slow,

    /// <summary>The connection is reset (RST).</summary>
    Reset,

    /// <summary>The connection is closed (FIN) before the answer's end.</summary>
    Cut,

    /// <summary>The answer ends cleanly before it is whole.</summary>
    Truncated,

    /// <summary>A piece is no JSON; the answer goes on behind it.</summary>
    Malformed,

    /// <summary>An error in the place of the answer's rest, under status 200.</summary>
    Error,

    /// <summary>A page instead of an answer.</summary>
    Html,

    /// <summary>The right headers and no body.</summary>
    Empty,

    /// <summary>The end of a stream is told twice.</summary>
    DoneTwice,

    /// <summary>The end of a stream is not told, but the finish reason is.</summary>
    DoneMissing,

    /// <summary>A piece is huge.</summary>
    Huge,

    /// <summary>Nothing but signs of life.</summary>
    Comments,

    /// <summary>The answer ends because of its content.</summary>
    Filter,

    /// <summary>The model refuses.</summary>
    Refusal,
}
