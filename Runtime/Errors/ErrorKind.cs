namespace Serving.Runtime.Errors;

/// <summary>What went wrong, from the caller's point of view. A host maps every kind to a status.</summary>
public enum ErrorKind
{
    /// <summary>The request cannot be understood.</summary>
    BadRequest,

    /// <summary>The input or config does not fit the chain.</summary>
    InvalidInput,

    /// <summary>The caller is not known.</summary>
    Unauthorized,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>What was asked for does not exist.</summary>
    NotFound,

    /// <summary>The request is larger than a limit allows.</summary>
    TooLarge,

    /// <summary>The prompt is longer than the model takes.</summary>
    ContextTooLong,

    /// <summary>A provider refused the content.</summary>
    ContentRejected,

    /// <summary>A limit on the rate of calls was hit.</summary>
    RateLimited,

    /// <summary>A deadline passed.</summary>
    Timeout,

    /// <summary>The host has as much work as it takes.</summary>
    Overloaded,

    /// <summary>The host is going down.</summary>
    ShuttingDown,

    /// <summary>A provider answered with something it should not have.</summary>
    BadGateway,

    /// <summary>No provider can answer now.</summary>
    ProviderUnavailable,

    /// <summary>Anything else; its text stays on the server.</summary>
    Internal,
}
