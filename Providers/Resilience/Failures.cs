using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Runtime.Errors;

namespace Serving.Providers.Resilience;

/// <summary>The failures of this layer, and what the failures of clients mean to it.</summary>
internal static class Failures
{
    // Whoever says a week means "not today".
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public static ProviderException TimedOut(ModelName model, TimeSpan limit, Exception? cause) => new(
        ErrorKind.Timeout, $"{Subject(model)} did not answer within {limit.TotalSeconds:0.###} s.", ProviderFault.Transient, cause);

    public static ProviderException FellSilent(ModelName model, TimeSpan limit, Exception? cause) => new(
        ErrorKind.Timeout, $"{Subject(model)} fell silent for {limit.TotalSeconds:0.###} s in the middle of its answer.", ProviderFault.Transient, cause);

    public static ProviderException HeldBack(ModelName model, TimeSpan wait) => new(
        ErrorKind.ProviderUnavailable, $"{Subject(model)} is failing; the host does not call it for now.", ProviderFault.Transient)
    {
        RetryAfter = wait,
        IsUnsent = true,
    };

    public static ProviderException Resting(ModelName model, TimeSpan wait) => new(
        ErrorKind.RateLimited, $"{Subject(model)} takes no more calls for now. Try again later.", ProviderFault.Transient)
    {
        RetryAfter = wait,
        IsUnsent = true,
    };

    public static ProviderException Crowded(ModelName model, int limit) => new(
        ErrorKind.Overloaded, $"Provider '{model.Provider}' has {limit} calls of the host in flight, its limit, and no more may wait. Try again shortly.", ProviderFault.Transient)
    {
        RetryAfter = TimeSpan.FromSeconds(1),
        IsUnsent = true,
    };

    public static ProviderException OutOfTime(ModelName model) => new(
        ErrorKind.Timeout, $"The time of the run is over; model '{model.Model}' of provider '{model.Provider}' is not asked.", ProviderFault.Transient)
    {
        IsUnsent = true,
    };

    /// <summary>What is thrown when the caller has left. What the client said of it stays inside.</summary>
    public static OperationCanceledException Left(ModelName model, Exception? cause, CancellationToken cancellationToken) =>
        new($"The call of model '{model.Model}' of provider '{model.Provider}' was cancelled.", cause, cancellationToken);

    /// <summary>The failure that the exception of a client is, with a wait that can be kept; null if it tells nothing about the model.</summary>
    public static ProviderException? Of(Exception error, ModelName model) => Classify(error, model) switch
    {
        { RetryAfter: { } wait } failure when wait < TimeSpan.Zero => failure.After(null),
        { RetryAfter: { } wait } failure when wait > LongestWait => failure.After(LongestWait),
        var failure => failure,
    };

    private static ProviderException? Classify(Exception error, ModelName model) => error switch
    {
        ProviderException failure => failure,
        ServingException { Kind: ErrorKind.RateLimited or ErrorKind.Timeout or ErrorKind.Overloaded or ErrorKind.BadGateway or ErrorKind.ProviderUnavailable } known =>
            new ProviderException(known.Kind, known.Message, ProviderFault.Transient, error) { RetryAfter = known.RetryAfter },
        HttpRequestException { StatusCode: { } status } => OfStatus((int)status, model, error),
        HttpRequestException or IOException => new(ErrorKind.ProviderUnavailable, $"{Subject(model)} cannot be reached.", ProviderFault.Transient, error),
        TimeoutException or OperationCanceledException => new(ErrorKind.Timeout, $"{Subject(model)} did not answer in time.", ProviderFault.Transient, error),
        _ => null,
    };

    private static string Subject(ModelName model) => $"Model '{model.Model}' of provider '{model.Provider}'";

    private static ProviderException OfStatus(int status, ModelName model, Exception error) => status switch
    {
        429 => new(ErrorKind.RateLimited, $"{Subject(model)} takes no more calls for now. Try again later.", ProviderFault.Transient, error) { ProviderStatus = status },
        408 or 504 => new(ErrorKind.Timeout, $"{Subject(model)} did not answer in time.", ProviderFault.Transient, error) { ProviderStatus = status },
        409 or >= 500 => new(ErrorKind.ProviderUnavailable, $"{Subject(model)} cannot answer now.", ProviderFault.Transient, error) { ProviderStatus = status },
        401 or 402 or 403 or 404 => new(ErrorKind.BadGateway, $"{Subject(model)} refused the host.", ProviderFault.HardDown, error) { ProviderStatus = status },
        _ => new(ErrorKind.BadRequest, $"{Subject(model)} refused the request as invalid.", ProviderFault.Caller, error) { ProviderStatus = status },
    };
}
