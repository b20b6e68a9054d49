namespace Serving.Runtime.Models;

/// <summary>How the built-in model behaves.</summary>
public sealed record OfflineModelOptions
{
    /// <summary>The wait before each piece; an answer that is not streamed takes as long as one that is.</summary>
    /// <value>Default zero.</value>
    public TimeSpan PieceDelay { get; init; }
}
