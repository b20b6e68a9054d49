namespace Serving.Runtime.Chat;

/// <summary>What a model's run gave, in the form that logs and callback events carry.</summary>
/// <param name="Generations">For each prompt the answers to it.</param>
public sealed record LlmResult(IReadOnlyList<IReadOnlyList<Generation>> Generations)
{
    /// <summary>What the provider told besides.</summary>
    public object? LlmOutput { get; init; }
}
