using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Serving.Endpoints.Options;

/// <summary>Checks the limits, each alone and against each other. All problems are told at once, each with its setting.</summary>
internal sealed class ServingLimitsValidator : IValidateOptions<ServingLimits>
{
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        [nameof(ServingLimits.MaxConcurrentRequests)] = "MAX_CONCURRENT_REQUESTS",
        [nameof(ServingLimits.RequestTimeout)] = "REQUEST_TIMEOUT",
        [nameof(ServingLimits.StreamTimeout)] = "STREAM_TIMEOUT",
        [nameof(ServingLimits.StreamCommitAfter)] = "STREAM_COMMIT_AFTER",
        [nameof(ServingLimits.StreamHeartbeat)] = "STREAM_HEARTBEAT",
        [nameof(ServingLimits.WriteTimeout)] = "WRITE_TIMEOUT",
        [nameof(ServingLimits.MaxBodyBytes)] = "MAX_BODY_BYTES",
        [nameof(ServingLimits.MaxHeaderBytes)] = "MAX_HEADER_BYTES",
        [nameof(ServingLimits.MaxJsonDepth)] = "MAX_JSON_DEPTH",
        [nameof(ServingLimits.MaxBatchSize)] = "MAX_BATCH_SIZE",
        [nameof(ServingLimits.MaxBatchConcurrency)] = "MAX_BATCH_CONCURRENCY",
        [nameof(ServingLimits.MaxPromptLength)] = "MAX_PROMPT_LENGTH",
        [nameof(ServingLimits.ShutdownDelay)] = "SHUTDOWN_DELAY",
        [nameof(ServingLimits.DrainTimeout)] = "DRAIN_TIMEOUT",
    };

    public ValidateOptionsResult Validate(string? name, ServingLimits options)
    {
        var failures = new List<string>();
        foreach (var property in typeof(ServingLimits).GetProperties())
        {
            var value = property.GetValue(options);
            foreach (var range in property.GetCustomAttributes(typeof(RangeAttribute), inherit: true).OfType<RangeAttribute>())
            {
                if (!range.IsValid(value))
                    failures.Add($"{Settings[property.Name]} is {Show(value)}; it must be from {Show(range.Minimum)} to {Show(range.Maximum)}.");
            }
        }

        if (options.StreamTimeout < options.RequestTimeout)
        {
            failures.Add(
                $"STREAM_TIMEOUT ({Show(options.StreamTimeout)}) is below REQUEST_TIMEOUT ({Show(options.RequestTimeout)}): " +
                "a stream could end before its first chunk is due. Raise STREAM_TIMEOUT or lower REQUEST_TIMEOUT.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string Show(object? value) => value switch
    {
        TimeSpan time => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s"),
        string text when TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) => Show(time),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
    };
}
