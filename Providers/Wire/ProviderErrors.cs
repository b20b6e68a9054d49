using System.Net.Http.Headers;
using System.Security.Authentication;
using Microsoft.Extensions.AI;
using Serving.Providers.Errors;
using Serving.Runtime.Errors;

namespace Serving.Providers.Wire;

/// <summary>Which error a failure of a provider is: of which kind, whose fault, and what a client reads.</summary>
internal static class ProviderErrors
{
    /// <summary>The error for an answer with a status, or for one inside an answer of status 200.</summary>
    public static ProviderException Answered(Origin origin, int? status, ErrorBody body, string? key, UsageDetails? usage, HttpResponseHeaders headers, DateTimeOffset now)
    {
        var (kind, fault, text) = Classify(origin, status ?? StatusIn(body), body);
        return new ProviderException(kind, text, fault)
        {
            RetryAfter = fault == ProviderFault.Transient ? RetryHeaders.Read(headers, kind == ErrorKind.RateLimited, now) : null,
            ProviderStatus = status,
            ProviderCode = string.IsNullOrEmpty(key) || body.Code?.Contains(key, StringComparison.OrdinalIgnoreCase) != true ? body.Code : null,
            ProviderMessage = string.IsNullOrEmpty(key) ? body.Message : body.Message?.Replace(key, "***", StringComparison.OrdinalIgnoreCase),
            Usage = usage,
        };
    }

    /// <summary>What to throw for what a connection threw. The caller's own cancellation stays one.</summary>
    public static Exception Broken(Exception error, Origin origin, CancellationToken cancellationToken) => error switch
    {
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException(error.Message, error, cancellationToken),
        HttpRequestException cause => Unreachable(origin, cause),
        OperationCanceledException => new ProviderException(ErrorKind.Timeout, $"{origin} did not answer in time.", ProviderFault.Transient, error),
        _ => Truncated(origin, error),
    };

    public static ProviderException Truncated(Origin origin, Exception? cause = null) =>
        new(ErrorKind.ProviderUnavailable, $"{origin} broke off its answer.", ProviderFault.Transient, cause);

    public static ProviderException Malformed(Origin origin, Exception? cause = null, UsageDetails? usage = null) =>
        new(ErrorKind.BadGateway, $"{origin} answered with something that is not an answer of a model.", ProviderFault.Transient, cause) { Usage = usage };

    // The caller's: were it hard down, one odd request could take a model away from all others.
    public static ProviderException TooLarge(Origin origin, Exception? cause = null) =>
        new(ErrorKind.BadGateway, $"{origin} answered with more than the host takes.", ProviderFault.Caller, cause);

    public static ProviderException NotAModel(Origin origin) => new(
        ErrorKind.BadGateway,
        $"{origin} answered with something that is neither JSON nor a stream of events. The host's base URL may be wrong.",
        ProviderFault.HardDown);

    public static ProviderException NoKey(Origin origin, Exception? cause = null) =>
        new(ErrorKind.BadGateway, $"{origin} needs a key, and the host has none that a header can carry.", ProviderFault.HardDown, cause);

    private static ProviderException Unreachable(Origin origin, HttpRequestException cause) => cause.HttpRequestError switch
    {
        HttpRequestError.ResponseEnded => Truncated(origin, cause),
        HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => Malformed(origin, cause),
        HttpRequestError.ConfigurationLimitExceeded => TooLarge(origin, cause),
        HttpRequestError.Unknown when cause.InnerException is IOException => Truncated(origin, cause),
        // A handshake that was cut off is a lost connection; one that was refused will be refused again.
        HttpRequestError.SecureConnectionError when cause.InnerException is AuthenticationException => new ProviderException(
            ErrorKind.BadGateway, $"{origin} cannot be reached safely. The host may not trust its certificate, or the host's base URL may be wrong.", ProviderFault.HardDown, cause),
        _ => new ProviderException(ErrorKind.ProviderUnavailable, $"{origin} cannot be reached.", ProviderFault.Transient, cause),
    };

    /// <summary>The status that an error without one would have had.</summary>
    private static int? StatusIn(ErrorBody body) =>
        body.Status is >= 400 and < 600 ? body.Status
        : body.Is("invalid_api_key", "authentication_error", "permission_error", "unauthorized", "invalid api token") ? 401
        : body.Is("not_found_error") ? 404
        : body.Is("request_too_large") ? 413
        : body.Is("timeout_error") ? 504
        : body.Is("overloaded_error") ? 529
        : body.Says("rate_limit", "rate limit") ? 429
        : body.Says("invalid_request", "invalid request") ? 400
        : null;

    private static (ErrorKind Kind, ProviderFault Fault, string Text) Classify(Origin origin, int? status, ErrorBody body)
    {
        // What the provider says goes before its status: they answer 400, 413 and 422 for a prompt that is too long, 429 for an account without credit.
        if (status == 402
            || body.Is("insufficient_balance", "insufficient_credits", "billing_error", "billing_hard_limit_reached", "billing_not_active")
            || body.Says("insufficient_quota", "credit balance is too low", "specified api usage limits"))
            return (ErrorKind.BadGateway, ProviderFault.HardDown, $"{origin} refused the call: the host's account has no quota left.");
        if (status is null or (>= 400 and < 500 and not 401 and not 408 and not 409 and not 429))
        {
            if (body.Says("context_length_exceeded", "exceed_context_size", "maximum context length", "context window", "string_above_max_length", "too many tokens", "prompt is too long"))
                return (ErrorKind.ContextTooLong, ProviderFault.Caller, $"The prompt is longer than {origin.Lower} takes. Shorten it.");
            if (body.Says("content_filter", "content_policy", "responsibleaipolicyviolation", "moderation", "content_management_policy", "content filter", "content policy", "usage policy"))
                return (ErrorKind.ContentRejected, ProviderFault.Caller, $"{origin} rejected the content of the prompt.");
            if (status == 404 || body.Is("model_not_found", "invalid_model", "unknown_model", "deploymentnotfound", "operationnotsupported") || body.Says("model not exist"))
                return (ErrorKind.BadGateway, ProviderFault.HardDown, $"Provider '{origin.Provider}' knows no model '{origin.Model}', or the host's base URL is wrong.");
        }

        return status switch
        {
            401 or 403 => (ErrorKind.BadGateway, ProviderFault.HardDown, $"{origin} refused the host's key."),
            408 or 504 => (ErrorKind.Timeout, ProviderFault.Transient, $"{origin} did not answer in time."),
            429 => (ErrorKind.RateLimited, ProviderFault.Transient, $"{origin} takes no more calls for now. Try again later."),
            409 or >= 500 => (ErrorKind.ProviderUnavailable, ProviderFault.Transient, $"{origin} cannot answer now."),
            413 => (ErrorKind.TooLarge, ProviderFault.Caller, $"The request is larger than {origin.Lower} takes."),
            >= 400 => (ErrorKind.BadRequest, ProviderFault.Caller, $"{origin} refused the request as invalid."),
            not null => (ErrorKind.BadGateway, ProviderFault.HardDown, $"{origin} answered with a status that is none of a model's. The host's base URL may be wrong."),
            null => (ErrorKind.ProviderUnavailable, ProviderFault.Transient, $"{origin} failed while it answered."),
        };
    }
}
