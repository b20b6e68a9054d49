using Microsoft.Extensions.AI;

namespace Serving.Runtime.Models;

/// <summary>A call that a <see cref="ScriptedChatClient"/> received.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="Options">The options, as they were passed.</param>
/// <param name="Streamed">Whether the reply was to be streamed.</param>
public sealed record ScriptedCall(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, bool Streamed);
