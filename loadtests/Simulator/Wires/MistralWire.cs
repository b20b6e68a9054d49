using Serving.Simulator.Answers;
using Serving.Simulator.Faults;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Wires;

/// <summary>Mistral.</summary>
internal sealed class MistralWire : OpenAiWire
{
    private static readonly CompatibleStyle MistralStyle = new() { IdPrefix = "", CallPrefix = "", UsageInFinish = true, WholeToolCalls = true };

    public override string Name => "mistral";

    protected override CompatibleStyle Style => MistralStyle;

    public override ProviderError? Refuse(HttpRequest http, ModelRequest request) => request switch
    {
        { MaxCompletionTokens: { } most } => Extra("max_completion_tokens", most.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        { StreamOptions: { } options } => Extra("stream_options", options),
        { Messages: 0 } => Detail("missing", "messages", "Field required", "null"),
        { Model: null or "" } => Detail("missing", "model", "Field required", "null"),
        _ => null,
    };

    public override ProviderError Error(ErrorCase about, string? message = null)
    {
        var (status, type, code, text) = about switch
        {
            ErrorCase.Unauthorized => (401, "", "", "Unauthorized"),
            ErrorCase.UnknownModel => (400, "invalid_model", "1500", "Invalid model."),
            ErrorCase.RateLimited => (429, "rate_limited", "1300", "Rate limit exceeded"),
            ErrorCase.QuotaExhausted => (402, "insufficient_balance", "1301", "The workspace has no balance left."),
            ErrorCase.ContextTooLong => (400, "invalid_request_prompt", "3051", "The prompt is too large for the model's maximum context length."),
            ErrorCase.ContentPolicy => (400, "content_policy", "3052", "The prompt was rejected by moderation."),
            ErrorCase.Unavailable => (503, "service_unavailable", "3505", "Service tier capacity exceeded for this model."),
            _ => Describe(about) is var (itsStatus, itsType, itsCode, itsText) ? (itsStatus, itsType, itsCode ?? "3000", itsText) : default,
        };
        return status == 401
            ? new(401, $$"""{"detail":"{{Answer.Escape(message ?? text)}}"}""")
            : new(status, $$"""{"object":"error","message":"{{Answer.Escape(message ?? text)}}","type":"{{type}}","param":null,"code":"{{code}}"}""");
    }

    private static ProviderError Extra(string field, string value) => Detail("extra_forbidden", field, "Extra inputs are not permitted", value);

    private static ProviderError Detail(string type, string field, string text, string value) =>
        new(422, $$"""{"object":"error","message":{"detail":[{"type":"{{type}}","loc":["body","{{field}}"],"msg":"{{text}}","input":{{value}}}]},"type":"invalid_request_error","param":null,"code":null}""");
}
