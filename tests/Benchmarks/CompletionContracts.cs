namespace Serving.Benchmarks;

/// <summary>What the hand-written chain takes, sends, reads and gives.</summary>
internal sealed record JokeRequest(JokeInput Input);

internal sealed record JokeInput(string Topic);

internal sealed record JokeAnswer(string Output, EchoMetadata Metadata);

internal sealed record CompletionRequest(string Model, ChatText[] Messages, bool Stream);

internal sealed record ChatText(string Role, string? Content);

internal sealed record Completion(Choice[] Choices);

internal sealed record Choice(ChatText? Message, ChatText? Delta);
