using Serving.Runtime.Errors;

namespace Serving.Providers.Errors;

/// <summary>
/// A provider failed, refused, or could not be reached. The message reaches clients: it names the provider and the model, never a key, an address or
/// what the provider wrote.
/// </summary>
public sealed class ProviderException : ServingException
{
    /// <summary>Makes the error.</summary>
    /// <param name="kind">Decides the status.</param>
    /// <param name="message">A sentence for the client.</param>
    /// <param name="isTransient">Whether the same request may succeed later, or elsewhere.</param>
    /// <param name="innerException">The cause; it is logged and never sent.</param>
    public ProviderException(ErrorKind kind, string message, bool isTransient, Exception? innerException = null)
        : base(kind, message, innerException) => IsTransient = isTransient;

    /// <summary>Whether the same request may succeed later: a rate limit, an overload, a lost connection, an answer cut off.</summary>
    public bool IsTransient { get; }

    /// <summary>The status of the provider's answer; null if none came, or if the failure came inside an answer of status 200.</summary>
    public int? ProviderStatus { get; init; }

    /// <summary>The provider's own code for the error, such as <c>context_length_exceeded</c>; null if it gave none that is a plain word.</summary>
    public string? ProviderCode { get; init; }
}
