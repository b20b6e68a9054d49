using Microsoft.Extensions.Logging;
using Serving.Providers.Catalog;

namespace Serving.Providers.Telemetry;

/// <summary>What models are asked and answer: for Trace alone.</summary>
internal static partial class Log
{
    [LoggerMessage(3201, LogLevel.Trace, "Asked {Model}, attempt {Attempt}, run {RunId}: {Content}", EventName = "ModelAsked")]
    public static partial void Asked(ILogger logger, ModelName model, int attempt, Guid? runId, string content);

    [LoggerMessage(3202, LogLevel.Trace, "Answered by {Model}, attempt {Attempt}, run {RunId}: {Content}", EventName = "ModelAnswered")]
    public static partial void Answered(ILogger logger, ModelName model, int attempt, Guid? runId, string content);
}
