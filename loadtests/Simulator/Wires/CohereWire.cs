using Serving.Simulator.Answers;
using Serving.Simulator.Faults;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Wires;

/// <summary>Cohere's compatible endpoint.</summary>
internal sealed class CohereWire : OpenAiWire
{
    private static readonly CompatibleStyle CohereStyle = new() { IdPrefix = "", CallPrefix = "", UsageInFinish = true };

    public override string Name => "cohere";

    protected override CompatibleStyle Style => CohereStyle;

    public override ProviderError? Refuse(HttpRequest http, ModelRequest request) => request switch
    {
        { StreamOptions: not null } => Error(ErrorCase.Unprocessable, "unknown field: parameter 'stream_options' is not a valid field"),
        { Messages: 0 } => Error(ErrorCase.BadRequest, "invalid request: message list must have at least one element"),
        { Model: null or "" } => Error(ErrorCase.BadRequest, "invalid request: model is required"),
        _ => null,
    };

    public override ProviderError Error(ErrorCase about, string? message = null)
    {
        var (status, _, _, text) = Describe(about);
        text = about switch
        {
            ErrorCase.BadRequest => "invalid request: the request is not one of a chat",
            ErrorCase.Unauthorized => "invalid api token",
            ErrorCase.QuotaExhausted => "insufficient_quota: the key's monthly quota is used up",
            ErrorCase.ContextTooLong => "too many tokens: the prompt is longer than the model takes",
            ErrorCase.ContentPolicy => "content_policy: the prompt was blocked",
            _ => text,
        };
        return new(status, $$"""{"message":"{{Answer.Escape(message ?? text)}}"}""");
    }
}
