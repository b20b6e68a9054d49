using Microsoft.Extensions.Logging;
using Serving.Providers.Catalog;

namespace Serving.Providers.Resilience;

/// <summary>What operators read about models in trouble. No text of a provider, a key or a prompt.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "Model {Model} failed ({Reason}); attempt {Attempt} follows in {WaitMs} ms. Run {RunId}")]
    public static partial void Retries(ILogger logger, ModelName model, string reason, int attempt, double waitMs, Guid? runId);

    [LoggerMessage(EventId = 3002, Message = "Model {Model} failed ({Reason}); {StandIn} is asked instead. Run {RunId}")]
    public static partial void FallsOver(ILogger logger, LogLevel level, ModelName model, string reason, ModelName standIn, Guid? runId);

    [LoggerMessage(3003, LogLevel.Warning, "Model {Model} failed ({Reason}) and is not asked again: its retry budget is used up. Run {RunId}")]
    public static partial void OutOfBudget(ILogger logger, ModelName model, string reason, Guid? runId);

    [LoggerMessage(3004, LogLevel.Warning, "Model {Model} is failing: no calls for {Seconds} s")]
    public static partial void BreakerOpens(ILogger logger, ModelName model, double seconds);

    [LoggerMessage(3005, LogLevel.Information, "Model {Model} is tried with one call")]
    public static partial void BreakerProbes(ILogger logger, ModelName model);

    [LoggerMessage(3006, LogLevel.Information, "Model {Model} works again")]
    public static partial void BreakerCloses(ILogger logger, ModelName model);

    [LoggerMessage(3007, LogLevel.Warning, "The client of model {Model} failed to end a call ({Exception})")]
    public static partial void EndsBadly(ILogger logger, ModelName model, string exception);
}
