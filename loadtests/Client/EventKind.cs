namespace Serving.LoadTests.Client;

/// <summary>What an event of a stream means.</summary>
public enum EventKind
{
    /// <summary>Nothing that counts here, such as metadata or usage.</summary>
    Other,

    /// <summary>A piece of the answer.</summary>
    Piece,

    /// <summary>The stream is over, and whole.</summary>
    End,

    /// <summary>The stream is over, and failed.</summary>
    Error,
}
