using System.Globalization;
using Serving.Simulator.Answers;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Wires;

/// <summary>Anthropic.</summary>
internal sealed class AnthropicWire : Wire
{
    public override string Name => "anthropic";

    // The provider's own client for .NET sends its key as a bearer.
    public override string? Key(HttpRequest request) => request.Headers["x-api-key"].ToString() is { Length: > 0 } key ? key : base.Key(request);

    public override ProviderError? Refuse(HttpRequest http, ModelRequest request)
    {
        if (string.IsNullOrEmpty(http.Headers["anthropic-version"]))
            return Error(ErrorCase.BadRequest, "anthropic-version: header is required");
        if (string.IsNullOrEmpty(request.Model))
            return Error(ErrorCase.BadRequest, "model: Field required");
        if (request.MaxTokens is null)
            return Error(ErrorCase.BadRequest, "max_tokens: Field required");
        return request.Messages == 0 ? Error(ErrorCase.BadRequest, "messages: at least one message is required") : null;
    }

    public override ProviderError Error(ErrorCase about, string? message = null)
    {
        var (status, type, text) = about switch
        {
            ErrorCase.BadRequest => (400, "invalid_request_error", "The request is invalid."),
            ErrorCase.Unauthorized => (401, "authentication_error", "invalid x-api-key"),
            ErrorCase.PaymentRequired => (402, "billing_error", "There is a problem with the account's billing."),
            ErrorCase.Forbidden => (403, "permission_error", "The key may not use this resource."),
            ErrorCase.UnknownModel => (404, "not_found_error", "model: not found"),
            ErrorCase.Timeout => (408, "timeout_error", "Request timed out"),
            ErrorCase.Conflict => (409, "conflict_error", "The resource was changed by another request."),
            ErrorCase.TooLarge => (413, "request_too_large", "Request exceeds the maximum size"),
            ErrorCase.Unprocessable => (422, "invalid_request_error", "The request could not be processed."),
            ErrorCase.RateLimited => (429, "rate_limit_error", "The organization's rate limit is exceeded."),
            ErrorCase.QuotaExhausted => (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
            ErrorCase.ContextTooLong => (400, "invalid_request_error", "prompt is too long: 200001 tokens > 200000 maximum"),
            ErrorCase.ContentPolicy => (400, "invalid_request_error", "Output blocked by content filtering policy"),
            ErrorCase.BadGateway => (502, "api_error", "Bad gateway"),
            ErrorCase.Unavailable => (503, "api_error", "Service unavailable"),
            ErrorCase.GatewayTimeout => (504, "timeout_error", "Request timed out"),
            ErrorCase.Overloaded => (529, "overloaded_error", "Overloaded"),
            _ => (500, "api_error", "Internal server error"),
        };
        return new(status, $$"""{"type":"error","error":{"type":"{{type}}","message":"{{Answer.Escape(message ?? text)}}"},"request_id":"req_simulator"}""");
    }

    public override void WriteHeaders(IHeaderDictionary headers, string id) => headers["request-id"] = "req_" + id;

    public override void WriteReset(IHeaderDictionary headers, string budget, double seconds, DateTimeOffset now)
    {
        headers[$"anthropic-ratelimit-{budget}-remaining"] = "0";
        headers[$"anthropic-ratelimit-{budget}-reset"] = now.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    public override string Whole(Answer answer)
    {
        var text = answer.Text();
        List<string> blocks = text.Length > 0 ? [$$"""{"type":"text","text":"{{text}}"}"""] : [];
        blocks.AddRange(answer.Calls.Select(call => $$"""{"type":"tool_use","id":"toolu_{{call.Id}}","name":"{{call.Name}}","input":{{call.Json}}}"""));
        return $$"""{"id":"msg_{{answer.Id}}","type":"message","role":"assistant","model":"{{answer.Model}}","content":[{{string.Join(',', blocks)}}],{{Stop(answer)}},"usage":{{Usage(answer.Usage, answer.Usage.Output)}}}""";
    }

    public override StreamForm Stream(Answer answer) => new AnthropicForm(answer);

    public override TokenCounts Told(TokenCounts usage) => usage with { Reasoning = 0 };

    public static string Stop(Answer answer)
    {
        var reason = answer.Finish switch
        {
            Finish.StopSequence => "stop_sequence",
            Finish.Length => "max_tokens",
            Finish.ToolCalls => "tool_use",
            Finish.Filter or Finish.Refusal => "refusal",
            _ => "end_turn",
        };
        return $"\"stop_reason\":\"{reason}\",\"stop_sequence\":{(answer.StopSequence is { } stop ? $"\"{stop}\"" : "null")}";
    }

    /// <summary>Cached tokens stand beside the others here, not among them.</summary>
    public static string Usage(TokenCounts usage, long output) =>
        $$"""{"input_tokens":{{usage.Input - usage.Cached}},"cache_creation_input_tokens":0,"cache_read_input_tokens":{{usage.Cached}},"output_tokens":{{output}},"service_tier":"standard"}""";
}
