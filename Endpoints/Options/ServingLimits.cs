using System.ComponentModel.DataAnnotations;

namespace Serving.Endpoints.Options;

/// <summary>How much the host takes on, and for how long. One set for all chains of a host.</summary>
public sealed class ServingLimits
{
    /// <summary>Requests to chains that may be in flight at once. More are refused with 503 and Retry-After; a stream counts until it ends.</summary>
    /// <value>Default 1000 (<c>MAX_CONCURRENT_REQUESTS</c>).</value>
    [Range(1, 1_000_000)]
    public int MaxConcurrentRequests { get; set; } = 1000;

    /// <summary>The longest an invoke or a batch may take, and a stream up to its first chunk. Then 504.</summary>
    /// <value>Default 60 seconds (<c>REQUEST_TIMEOUT</c>).</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest a stream may take as a whole. Then it ends with an error event of status 504.</summary>
    /// <value>Default 600 seconds (<c>STREAM_TIMEOUT</c>).</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan StreamTimeout { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>How long a stream waits for its first chunk before it answers 200 and sends heartbeats. Until then a failure has its real status.</summary>
    /// <value>Default 10 seconds (<c>STREAM_COMMIT_AFTER</c>).</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan StreamCommitAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The silence after which a stream sends a comment, so that proxies keep it open.</summary>
    /// <value>Default 15 seconds (<c>STREAM_HEARTBEAT</c>).</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan StreamHeartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one write to a client may wait for the client to read. Then the connection is closed and the run cancelled.</summary>
    /// <value>Default 30 seconds (<c>WRITE_TIMEOUT</c>).</value>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest request body, in bytes. A larger one is 413.</summary>
    /// <value>Default 10 MiB (<c>MAX_BODY_BYTES</c>).</value>
    [Range(1024, 1_073_741_824)]
    public long MaxBodyBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>The most that the header lines of a request may come to, in bytes. More is 431.</summary>
    /// <value>Default 32 KiB (<c>MAX_HEADER_BYTES</c>).</value>
    [Range(1024, 1_048_576)]
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>The deepest nesting of a request body. A deeper one is 422.</summary>
    /// <value>Default 250 levels (<c>MAX_JSON_DEPTH</c>).</value>
    [Range(8, 250)]
    public int MaxJsonDepth { get; set; } = 250;

    /// <summary>The most inputs of one batch. More are 413.</summary>
    /// <value>Default 10,000 (<c>MAX_BATCH_SIZE</c>).</value>
    [Range(1, 1_000_000)]
    public int MaxBatchSize { get; set; } = 10_000;

    /// <summary>The most inputs of one batch that run at once; a caller's <c>max_concurrency</c> may only lower it.</summary>
    /// <value>Default 64 (<c>MAX_BATCH_CONCURRENCY</c>).</value>
    [Range(1, 100_000)]
    public int MaxBatchConcurrency { get; set; } = 64;

    /// <summary>The longest rendered prompt, in characters. A longer one is 413.</summary>
    /// <value>Default 1,000,000 (<c>MAX_PROMPT_LENGTH</c>).</value>
    [Range(1, int.MaxValue)]
    public int MaxPromptLength { get; set; } = 1_000_000;

    /// <summary>How long, after the signal to stop, the host still takes new connections while it already says it is not ready.</summary>
    /// <value>Default 5 seconds (<c>SHUTDOWN_DELAY</c>).</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ShutdownDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long runs may go on after that. What streams are left then end with an error event of status 503.</summary>
    /// <value>Default 30 seconds (<c>DRAIN_TIMEOUT</c>).</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
