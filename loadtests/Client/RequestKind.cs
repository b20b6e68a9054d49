namespace Serving.LoadTests.Client;

/// <summary>What is asked of a server.</summary>
public enum RequestKind
{
    /// <summary>One input, one whole answer.</summary>
    Invoke,

    /// <summary>Several inputs, one answer with all of theirs.</summary>
    Batch,

    /// <summary>One input, the answer in pieces as server-sent events.</summary>
    Stream,
}
