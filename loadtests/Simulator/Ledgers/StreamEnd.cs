namespace Serving.Simulator.Ledgers;

/// <summary>How a request's way ended.</summary>
internal enum StreamEnd
{
    /// <summary>Not to its end, and not because of the client.</summary>
    Broken,

    /// <summary>Everything was sent.</summary>
    Finished,

    /// <summary>The client left.</summary>
    Aborted,
}
