using Microsoft.Extensions.Logging;

namespace Serving.Endpoints;

/// <summary>What the endpoints log. Inputs and outputs are never among it.</summary>
internal static partial class Log
{
    // What stands in no message is a field of its own.
#pragma warning disable SYSLIB1015
    [LoggerMessage(EventId = 2001, EventName = "RequestAnswered", Message = "{Endpoint} of {Chain} answered {Status}")]
    public static partial void RequestAnswered(
        ILogger logger, LogLevel level, string endpoint, string chain, int status, double durationMs, Guid runId, string outcome, string? errorType, long? inputTokens, long? outputTokens);
#pragma warning restore SYSLIB1015

    [LoggerMessage(2002, LogLevel.Error, "Run {RunId} of {Chain} failed in {Endpoint}", EventName = "RequestFailed")]
    public static partial void RequestFailed(ILogger logger, Exception error, string endpoint, string chain, Guid? runId);

    [LoggerMessage(2003, LogLevel.Information, "Stopping: not ready any more, taking requests for {Delay} more", EventName = "DrainStarted")]
    public static partial void DrainStarted(ILogger logger, TimeSpan delay);

    [LoggerMessage(2004, LogLevel.Warning, "{Count} requests did not end within {Timeout}: ending them", EventName = "DrainTimedOut")]
    public static partial void DrainTimedOut(ILogger logger, int count, TimeSpan timeout);

    [LoggerMessage(2005, LogLevel.Information, "All requests ended", EventName = "Drained")]
    public static partial void Drained(ILogger logger);

    [LoggerMessage(2007, LogLevel.Warning, "Told to stop again: ending {Count} requests", EventName = "DrainHurried")]
    public static partial void DrainHurried(ILogger logger, int count);

    [LoggerMessage(2006, LogLevel.Warning, "The readiness detail {Detail} failed and is left out", EventName = "DetailFailed")]
    public static partial void DetailFailed(ILogger logger, Exception error, string detail);

    [LoggerMessage(2020, LogLevel.Information, "Metrics on {Address}", EventName = "MetricsServed")]
    public static partial void MetricsServed(ILogger logger, string address);
}
