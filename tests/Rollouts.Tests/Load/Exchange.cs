namespace Serving.Rollouts.Tests.Load;

/// <summary>How a request ended, as its client saw it.</summary>
internal enum Outcome
{
    /// <summary>The whole answer, and the right one.</summary>
    Good,

    /// <summary>A status that is not 200, told in JSON with a message.</summary>
    Refused,

    /// <summary>A stream that began and broke off, and the client could tell.</summary>
    Truncated,

    /// <summary>All else: no answer, a wrong one, or one that lacks a part and looks whole.</summary>
    Wrong,
}

/// <summary>A request and its end.</summary>
/// <param name="Address">Its path and query, no other request's.</param>
/// <param name="Kind">The endpoint.</param>
/// <param name="Started">When it was sent, as a timestamp.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What the client saw, where that was not good.</param>
internal sealed record Exchange(string Address, string Kind, long Started, Outcome Outcome, string Detail);
