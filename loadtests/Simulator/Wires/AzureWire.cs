using System.Globalization;
using Serving.Simulator.Answers;
using Serving.Simulator.Faults;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Wires;

/// <summary>Azure OpenAI by deployments.</summary>
internal sealed class AzureWire : OpenAiWire
{
    private static readonly CompatibleStyle AzureStyle = new() { IsRich = true, HasFilterResults = true };

    public override string Name => "azure";

    protected override CompatibleStyle Style => AzureStyle;

    public override string? Key(HttpRequest request) => request.Headers["api-key"].ToString() is { Length: > 0 } key ? key : base.Key(request);

    public override ProviderError? Refuse(HttpRequest http, ModelRequest request) =>
        string.IsNullOrEmpty(http.Query["api-version"]) ? Coded(404, "404", "Resource not found") : base.Refuse(http, request);

    public override ProviderError Error(ErrorCase about, string? message = null)
    {
        var (status, _, _, text) = Describe(about);
        var said = message ?? text;
        return about switch
        {
            ErrorCase.Unauthorized => Coded(401, "401", message ?? "Access denied due to invalid subscription key or wrong API endpoint."),
            ErrorCase.UnknownModel => Coded(404, "DeploymentNotFound", message ?? "The API deployment for this resource does not exist."),
            ErrorCase.RateLimited => Coded(429, "429", message ?? "Requests to this deployment have exceeded the rate limit of its pricing tier."),
            ErrorCase.QuotaExhausted => Coded(429, "insufficient_quota", said),
            ErrorCase.Forbidden => Coded(403, "403", message ?? "Access denied by the resource's network rules."),
            ErrorCase.ServerError => Coded(500, "InternalServerError", said),
            ErrorCase.Unavailable => Coded(503, "ServiceUnavailable", said),
            ErrorCase.Timeout => Coded(408, "Timeout", said),
            ErrorCase.ContentPolicy => new(400, $$$$"""{"error":{"message":"{{{{Answer.Escape(message ?? "The response was filtered because the prompt triggered the content management policy.")}}}}","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{{{{CompatibleJson.Blocked}}}}}}}"""),
            ErrorCase.BadGateway or ErrorCase.GatewayTimeout or ErrorCase.Overloaded or ErrorCase.PaymentRequired or ErrorCase.Conflict =>
                Coded(status, status.ToString(CultureInfo.InvariantCulture), said),
            _ => base.Error(about, message),
        };
    }

    public override void WriteHeaders(IHeaderDictionary headers, string id)
    {
        headers["apim-request-id"] = id;
        base.WriteHeaders(headers, id);
    }

    public override void WriteReset(IHeaderDictionary headers, string budget, double seconds, DateTimeOffset now)
    {
        headers["x-ratelimit-remaining-" + budget] = "0";
        headers["x-ratelimit-reset-" + budget] = Math.Ceiling(seconds).ToString(CultureInfo.InvariantCulture);
    }

    private static ProviderError Coded(int status, string code, string message) =>
        new(status, $$$"""{"error":{"code":"{{{code}}}","message":"{{{Answer.Escape(message)}}}"}}""");
}
