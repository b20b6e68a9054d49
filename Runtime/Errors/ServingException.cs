namespace Serving.Runtime.Errors;

/// <summary>
/// An error whose message is meant for the client. Its text reaches callers as it is, so it names no secret, path or type.
/// Every other exception is answered with a fixed text.
/// </summary>
public class ServingException : Exception
{
    /// <summary>Makes an error of a kind.</summary>
    /// <param name="kind">Decides the status.</param>
    /// <param name="message">A sentence for the client: the thing, the value, the limit, the cure.</param>
    /// <param name="innerException">The cause; it is logged and never sent.</param>
    public ServingException(ErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public ErrorKind Kind { get; }

    /// <summary>How long the client should wait before it tries again; null if waiting does not help or nobody knows.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
