using Microsoft.Extensions.AI;

namespace Serving.Runtime.History;

/// <summary>
/// Keeps histories in this process, within bounds. They are gone when it ends, and another replica does not see them. The least recently
/// used session goes first; in a session the oldest messages go first, up to the next one of the user's, so that no answer is left without its question.
/// </summary>
public sealed class InMemoryChatHistoryStore : IChatHistoryStore
{
    /// <summary>The sessions kept unless told otherwise.</summary>
    public const int DefaultMaxSessions = 10_000;

    /// <summary>The messages kept of a session unless told otherwise.</summary>
    public const int DefaultMaxMessages = 200;

    private readonly int _maxSessions;
    private readonly int _maxMessages;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Session>> _sessions = new(StringComparer.Ordinal);
    private readonly LinkedList<Session> _byUse = new();

    /// <summary>Makes an empty store.</summary>
    /// <param name="maxSessions">How many sessions are kept.</param>
    /// <param name="maxMessages">How many messages of each session are kept.</param>
    public InMemoryChatHistoryStore(int maxSessions = DefaultMaxSessions, int maxMessages = DefaultMaxMessages)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxSessions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        _maxSessions = maxSessions;
        _maxMessages = maxMessages;
    }

    /// <inheritdoc/>
    public IChatMessageHistory Get(string sessionId)
    {
        ArgumentException.ThrowIfNullOrEmpty(sessionId);
        return new History(this, sessionId);
    }

    private ChatMessage[] Read(string id)
    {
        lock (_lock)
        {
            if (!_sessions.TryGetValue(id, out var node))
                return [];
            Touch(node);
            return node.Value.Messages;
        }
    }

    private void Append(string id, IReadOnlyList<ChatMessage> messages)
    {
        if (messages.Count == 0)
            return;
        lock (_lock)
        {
            if (_sessions.TryGetValue(id, out var node))
            {
                Touch(node);
            }
            else
            {
                if (_sessions.Count >= _maxSessions)
                {
                    _sessions.Remove(_byUse.Last!.Value.Id); // there is at least one session
                    _byUse.RemoveLast();
                }

                node = _sessions[id] = _byUse.AddFirst(new Session(id));
            }

            node.Value.Messages = Trim([.. node.Value.Messages, .. messages]);
        }
    }

    private ChatMessage[] Trim(ChatMessage[] messages)
    {
        if (messages.Length <= _maxMessages)
            return messages;
        var kept = messages[^_maxMessages..];
        var question = Array.FindIndex(kept, message => message.Role == ChatRole.User);
        return question <= 0 ? kept : kept[question..];
    }

    private void Touch(LinkedListNode<Session> node)
    {
        _byUse.Remove(node);
        _byUse.AddFirst(node);
    }

    private sealed class Session(string id)
    {
        public string Id => id;

        /// <summary>Replaced when messages come, never changed: readers keep theirs.</summary>
        public ChatMessage[] Messages { get; set; } = [];
    }

    private sealed class History(InMemoryChatHistoryStore store, string id) : IChatMessageHistory
    {
        public ValueTask<IReadOnlyList<ChatMessage>> GetAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ValueTask<IReadOnlyList<ChatMessage>>(store.Read(id));
        }

        public ValueTask AddAsync(IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(messages);
            cancellationToken.ThrowIfCancellationRequested();
            store.Append(id, messages);
            return default;
        }
    }
}
