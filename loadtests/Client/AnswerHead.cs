namespace Serving.LoadTests.Client;

/// <summary>What the head of an answer says that matters here.</summary>
internal readonly record struct AnswerHead(int Status, long? Length, bool IsChunked, bool Closes, bool HasRetryAfter);
