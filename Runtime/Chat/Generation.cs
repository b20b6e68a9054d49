namespace Serving.Runtime.Chat;

/// <summary>One answer of a model.</summary>
/// <param name="Text">Its text.</param>
public record Generation(string Text)
{
    /// <summary>What the provider told besides, such as the reason it stopped.</summary>
    public object? GenerationInfo { get; init; }
}
