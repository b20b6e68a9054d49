namespace Serving.LoadTests.Client;

/// <summary>How a request ended. All but <see cref="Ok"/>, <see cref="Left"/> and <see cref="Refused"/> are failures.</summary>
public enum Outcome
{
    /// <summary>Status 200, and every byte as it must be.</summary>
    Ok,

    /// <summary>The client left in the middle of a stream, as it meant to; all until then was as it must be.</summary>
    Left,

    /// <summary>Status 429 or 503 with Retry-After.</summary>
    Refused,

    /// <summary>Any other status; or, in a batch, an error in the place of an answer.</summary>
    Error,

    /// <summary>A stream that ended with an error event.</summary>
    ErrorEvent,

    /// <summary>Status 200, but no such answer as was asked for.</summary>
    Wrong,

    /// <summary>A stream with pieces lost, twice, merged, spoilt or out of order: <see cref="RequestResult.Disorder"/>.</summary>
    Disordered,

    /// <summary>Status 200, but the answer broke off.</summary>
    Truncated,

    /// <summary>No answer: no connection, or one that broke before the status.</summary>
    Transport,

    /// <summary>Not ended in the client's time.</summary>
    TimedOut,

    /// <summary>Cut off because the run was over.</summary>
    Cancelled,
}
