namespace Serving.Runtime.Errors;

/// <summary>An error that a chain answers with an HTTP status of its own choice. Status, detail and headers reach the client.</summary>
public sealed class StatusException : ServingException
{
    /// <summary>Makes the error.</summary>
    /// <param name="statusCode">From 400 to 599.</param>
    /// <param name="detail">What the client reads.</param>
    /// <param name="headers">Headers of the answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not an error's.</exception>
    public StatusException(int statusCode, string detail, IReadOnlyDictionary<string, string>? headers = null)
        : base(KindOf(statusCode), detail)
    {
        StatusCode = statusCode;
        Headers = headers ?? new Dictionary<string, string>();
    }

    /// <summary>The status of the answer.</summary>
    public int StatusCode { get; }

    /// <summary>Headers of the answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    private static ErrorKind KindOf(int statusCode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 599);
        return statusCode switch
        {
            401 => ErrorKind.Unauthorized,
            403 => ErrorKind.Forbidden,
            404 => ErrorKind.NotFound,
            413 => ErrorKind.TooLarge,
            422 => ErrorKind.InvalidInput,
            429 => ErrorKind.RateLimited,
            504 => ErrorKind.Timeout,
            < 500 => ErrorKind.BadRequest,
            _ => ErrorKind.Internal,
        };
    }
}
