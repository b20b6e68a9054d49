using Serving.Runtime.Chat;

namespace Serving.Runtime.Parsers;

/// <summary>Takes the text out of a model's message, piece by piece as it comes.</summary>
public sealed class StrOutputParser : StrOutputParser<AssistantMessage>;
