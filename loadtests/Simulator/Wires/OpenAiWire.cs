using System.Globalization;
using Serving.Simulator.Answers;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Wires;

/// <summary>OpenAI.</summary>
internal class OpenAiWire : Wire
{
    private static readonly CompatibleStyle OpenAiStyle = new() { IsRich = true };

    public override string Name => "openai";

    protected virtual CompatibleStyle Style => OpenAiStyle;

    public override ProviderError? Refuse(HttpRequest http, ModelRequest request)
    {
        if (string.IsNullOrEmpty(request.Model))
            return Error(ErrorCase.BadRequest, "you must provide a model parameter");
        if (request.Messages == 0)
            return Error(ErrorCase.BadRequest, "Missing required parameter: 'messages'.");
        return request is { StreamOptions: not null, IsStream: false }
            ? Error(ErrorCase.BadRequest, "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
            : null;
    }

    public override ProviderError Error(ErrorCase about, string? message = null)
    {
        var (status, type, code, text) = Describe(about);
        var quoted = code is null ? "null" : $"\"{code}\"";
        return new(status, $$$"""{"error":{"message":"{{{Answer.Escape(message ?? text)}}}","type":"{{{type}}}","param":null,"code":{{{quoted}}}}}""");
    }

    public override void WriteReset(IHeaderDictionary headers, string budget, double seconds, DateTimeOffset now)
    {
        headers["x-ratelimit-remaining-" + budget] = "0";
        headers["x-ratelimit-reset-" + budget] = Style.IsRich ? Duration(seconds) : seconds.ToString(CultureInfo.InvariantCulture);
    }

    public override string Whole(Answer answer) => CompatibleJson.Whole(answer, Style);

    public override StreamForm Stream(Answer answer) => new CompatibleForm(answer, Style);

    public override TokenCounts Told(TokenCounts usage) => Style.IsRich ? usage : usage with { Cached = 0, Reasoning = 0 };

    protected static (int Status, string Type, string? Code, string Text) Describe(ErrorCase about) => about switch
    {
        ErrorCase.BadRequest => (400, "invalid_request_error", null, "The request is invalid."),
        ErrorCase.Unauthorized => (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        ErrorCase.PaymentRequired => (402, "invalid_request_error", "billing_not_active", "The account is not active; check the billing details."),
        ErrorCase.Forbidden => (403, "request_forbidden", "unsupported_country_region_territory", "Country, region, or territory not supported."),
        ErrorCase.UnknownModel => (404, "invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."),
        ErrorCase.Timeout => (408, "timeout", null, "The request timed out."),
        ErrorCase.Conflict => (409, "invalid_request_error", "conflict", "The resource was changed by another request."),
        ErrorCase.TooLarge => (413, "invalid_request_error", "request_too_large", "The request body is too large."),
        ErrorCase.Unprocessable => (422, "invalid_request_error", null, "The request could not be processed."),
        ErrorCase.RateLimited => (429, "requests", "rate_limit_exceeded", "Rate limit reached for requests per minute."),
        ErrorCase.QuotaExhausted => (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota; check the plan and billing details."),
        ErrorCase.ContextTooLong => (400, "invalid_request_error", "context_length_exceeded", "The messages exceed this model's maximum context length."),
        ErrorCase.ContentPolicy => (400, "invalid_request_error", "content_policy_violation", "The prompt was rejected by the content policy."),
        ErrorCase.BadGateway => (502, "server_error", null, "Bad gateway."),
        ErrorCase.Unavailable => (503, "server_error", "service_unavailable", "The engine is currently overloaded."),
        ErrorCase.GatewayTimeout => (504, "server_error", null, "Gateway timeout."),
        ErrorCase.Overloaded => (529, "server_error", "overloaded", "The engine is currently overloaded."),
        _ => (500, "server_error", null, "The server had an error while processing the request."),
    };

    /// <summary>As <c>1m30s</c>, <c>2s</c>, <c>120ms</c>.</summary>
    private static string Duration(double seconds)
    {
        if (seconds < 1)
            return $"{Math.Round(seconds * 1000).ToString(CultureInfo.InvariantCulture)}ms";
        var minutes = Math.Floor(seconds / 60);
        var rest = (seconds - (minutes * 60)).ToString("0.###", CultureInfo.InvariantCulture);
        return minutes > 0 ? $"{minutes.ToString(CultureInfo.InvariantCulture)}m{rest}s" : $"{rest}s";
    }
}
