using System.Diagnostics;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;

namespace Serving.Providers.Telemetry;

/// <summary>What happens between the attempts of a call, as events of the span of the step that calls.</summary>
internal static class CallEvents
{
    public static void Retries(ModelCall call, CallOutcome reason, TimeSpan wait) =>
        call.Run?.Span?.AddEvent(new ActivityEvent("retry", tags: new ActivityTagsCollection
        {
            ["serving.reason"] = reason.Word(),
            ["serving.attempt"] = call.Attempts + 1,
            ["serving.wait"] = wait.TotalSeconds,
        }));

    public static void FallsOver(ModelCall call, ModelName from, CallOutcome reason, ModelName to) =>
        call.Run?.Span?.AddEvent(new ActivityEvent("fallback", tags: new ActivityTagsCollection
        {
            ["serving.reason"] = reason.Word(),
            ["serving.from"] = from.ToString(),
            ["serving.to"] = to.ToString(),
        }));
}
