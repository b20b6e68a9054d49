using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serving.Runtime.Errors;

namespace Serving.Endpoints.Errors;

/// <summary>Every kind of error, its status and its log level. What is not in the family is answered with a fixed text.</summary>
internal static class ErrorTable
{
    public static ErrorAnswer InternalError { get; } = new(500, "Internal Server Error") { Level = LogLevel.Error };

    public static ErrorAnswer InvalidJson(string? why = null) =>
        new(422, why ?? "The request body is not valid JSON.") { Details = ["Invalid JSON body"], Type = "invalid_json" };

    public static ErrorAnswer Overloaded(int limit) =>
        new(503, $"The host has {limit} requests in flight, its limit (MAX_CONCURRENT_REQUESTS). Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
            Type = "overloaded",
        };

    public static ErrorAnswer ShuttingDown { get; } =
        new(503, "The host is shutting down. Try again; another host will answer.") { RetryAfter = TimeSpan.FromSeconds(1), Type = "shutting_down" };

    public static ErrorAnswer TimedOut(TimeSpan limit, string setting) =>
        new(504, $"The chain did not answer within {limit.TotalSeconds:0.###} s ({setting}).") { Level = LogLevel.Warning, Type = "timeout" };

    /// <summary>The answer to an exception of a chain or of reading a request.</summary>
    public static ErrorAnswer Of(Exception error) => error switch
    {
        StatusException status => new(status.StatusCode, status.Message)
        {
            Headers = status.Headers,
            RetryAfter = status.RetryAfter,
            Level = LevelOf(status.StatusCode),
            Type = TypeOf(status.Kind),
        },
        InvalidInputException invalid => new(422, invalid.Message) { Problems = invalid.Errors, Type = TypeOf(invalid.Kind) },
        ServingException known => new(StatusOf(known.Kind), known.Kind == ErrorKind.Internal ? InternalError.Message : known.Message)
        {
            RetryAfter = known.RetryAfter,
            Level = LevelOf(StatusOf(known.Kind)),
            Type = TypeOf(known.Kind),
        },
        BadHttpRequestException { StatusCode: >= 400 and < 500 } bad => new(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? "The request body is larger than the host takes (MAX_BODY_BYTES)."
            : "The request could not be read.")
        { Type = "bad_request" },
        _ => InternalError,
    };

    /// <summary>The status of a kind. Exhaustive: a new kind without a status does not compile.</summary>
    public static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.BadRequest => 400,
        ErrorKind.InvalidInput => 422,
        ErrorKind.Unauthorized => 401,
        ErrorKind.Forbidden => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.TooLarge => 413,
        ErrorKind.ContextTooLong => 400,
        ErrorKind.ContentRejected => 400,
        ErrorKind.RateLimited => 429,
        ErrorKind.Timeout => 504,
        ErrorKind.Overloaded => 503,
        ErrorKind.ShuttingDown => 503,
        ErrorKind.BadGateway => 502,
        ErrorKind.ProviderUnavailable => 503,
        ErrorKind.Internal => 500,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The word for a status that something other than a chain answered with.</summary>
    public static string TypeOf(int status) => status switch
    {
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        413 or 431 => "too_large",
        429 => "rate_limited",
        503 => "overloaded",
        504 => "timeout",
        < 500 => "bad_request",
        _ => "internal",
    };

    private static LogLevel LevelOf(int status) => status switch
    {
        < 500 => LogLevel.Information,
        500 => LogLevel.Error,
        _ => LogLevel.Warning,
    };

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.BadRequest => "bad_request",
        ErrorKind.InvalidInput => "invalid_input",
        ErrorKind.Unauthorized => "unauthorized",
        ErrorKind.Forbidden => "forbidden",
        ErrorKind.NotFound => "not_found",
        ErrorKind.TooLarge => "too_large",
        ErrorKind.ContextTooLong => "context_too_long",
        ErrorKind.ContentRejected => "content_rejected",
        ErrorKind.RateLimited => "rate_limited",
        ErrorKind.Timeout => "timeout",
        ErrorKind.Overloaded => "overloaded",
        ErrorKind.ShuttingDown => "shutting_down",
        ErrorKind.BadGateway => "bad_gateway",
        ErrorKind.ProviderUnavailable => "provider_unavailable",
        ErrorKind.Internal => "internal",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
