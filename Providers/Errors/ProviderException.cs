using Microsoft.Extensions.AI;
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
    /// <param name="fault">Whose fault it is.</param>
    /// <param name="inner">The cause; it is logged and never sent.</param>
    public ProviderException(ErrorKind kind, string message, ProviderFault fault, Exception? inner = null)
        : base(kind, message, inner) => Fault = fault;

    /// <summary>Whose fault it is, and so what helps.</summary>
    public ProviderFault Fault { get; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Fault == ProviderFault.Transient;

    /// <summary>The status of the provider's answer; null if none came, or if the failure came inside an answer of status 200.</summary>
    public int? ProviderStatus { get; init; }

    /// <summary>The provider's own code for the error, such as <c>context_length_exceeded</c>; null if it gave none that is a plain word.</summary>
    public string? ProviderCode { get; init; }

    /// <summary>The tokens the provider told with the failure; null if it told none. What updates of a stream have told before is not in it.</summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>
    /// What the provider wrote, up to 1,000 characters; null if it wrote nothing readable. For traces alone: it may repeat the prompt, so it is never sent
    /// and never logged above Trace. The key, if it occurs, is replaced.
    /// </summary>
    public string? ProviderMessage { get; init; }

    /// <summary>Whether nothing was sent: the host itself holds calls back.</summary>
    internal bool IsUnsent { get; init; }

    /// <summary>The same failure, with the wait that a caller should keep.</summary>
    internal ProviderException After(TimeSpan? retryAfter) => retryAfter == RetryAfter ? this : new(Kind, Message, Fault, this)
    {
        RetryAfter = retryAfter,
        ProviderStatus = ProviderStatus,
        ProviderCode = ProviderCode,
        ProviderMessage = ProviderMessage,
        Usage = Usage,
        IsUnsent = IsUnsent,
    };
}
