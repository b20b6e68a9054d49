namespace Serving.Faults.Tests.Hosting;

/// <summary>How long things may take in the matrix. All differ, so that a test can tell whose time runs out.</summary>
internal static class Limits
{
    /// <summary><c>LLM_TIMEOUT</c>: one attempt.</summary>
    public static readonly TimeSpan Attempt = TimeSpan.FromSeconds(20);

    /// <summary>The silence within a stream.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(25);

    /// <summary><c>REQUEST_TIMEOUT</c>.</summary>
    public static readonly TimeSpan Request = TimeSpan.FromSeconds(60);

    /// <summary><c>STREAM_TIMEOUT</c>.</summary>
    public static readonly TimeSpan Stream = TimeSpan.FromSeconds(600);
}
