using Microsoft.Extensions.AI;

namespace Serving.Runtime.History;

/// <summary>What was said in one session. Thread-safe: calls of one session may overlap.</summary>
public interface IChatMessageHistory
{
    /// <summary>The messages so far, oldest first. A snapshot: later ones do not show in it.</summary>
    ValueTask<IReadOnlyList<ChatMessage>> GetAsync(CancellationToken cancellationToken);

    /// <summary>Appends messages, all of them together: those of an overlapping call come before or after, never between.</summary>
    ValueTask AddAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken);
}
