using System.ComponentModel.DataAnnotations;

namespace Serving.Runtime.Runnables;

/// <summary>When and how often a step is tried again.</summary>
public sealed class RetryOptions
{
    /// <summary>How often the step is tried in all.</summary>
    /// <value>Default 3.</value>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>The longest wait before the second attempt; it doubles with every further one. The wait is drawn evenly from zero up to it.</summary>
    /// <value>Default 1 second. <see cref="MaxDelay"/> bounds what it doubles to.</value>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before any attempt, unless an error itself names a longer one.</summary>
    /// <value>Default 30 seconds. <see cref="Errors.ServingException.RetryAfter"/> wins over it.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether an error is worth another attempt. A cancelled run is never tried again.</summary>
    /// <value>Default: all but cancellation and errors the caller is to blame for.</value>
    public Func<Exception, bool> ShouldRetry { get; set; } = TransientErrors.Includes;
}
