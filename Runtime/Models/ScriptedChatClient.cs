using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Runtime.Models;

/// <summary>
/// A model for tests and demos that replays what it was told, in order, a reply a call. It reports no usage, finish reason or model id unless a
/// reply says so. Thread-safe: calls that overlap each get a reply of their own.
/// </summary>
public sealed class ScriptedChatClient : IChatClient
{
    private readonly IReadOnlyList<ScriptedReply> _replies;
    private readonly Lock _lock = new();
    private readonly Queue<ScriptedCall> _calls = [];
    private int _count;

    /// <summary>Makes a client of its replies.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public ScriptedChatClient(params IReadOnlyList<ScriptedReply> replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        if (replies.Count == 0)
            throw new ArgumentException("A script needs at least one reply.", nameof(replies));
        _replies = [.. replies];
    }

    /// <summary>Whether the last reply is given again and again; else a call beyond the script fails.</summary>
    /// <value>Default true.</value>
    public bool RepeatsLast { get; init; } = true;

    /// <summary>The provider's name in the client's metadata; null for none.</summary>
    public string? ProviderName { get; init; }

    /// <summary>The clock that delays are measured by.</summary>
    /// <value>Default: the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How many calls are kept in <see cref="Calls"/>, the latest ones; 0 for none.</summary>
    /// <value>Default 1000.</value>
    public int MaxCalls { get; init; } = 1_000;

    /// <summary>The calls received, in the order they began. A snapshot.</summary>
    public IReadOnlyList<ScriptedCall> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <summary>A client that always gives one text, streamed as words and single spaces.</summary>
    public static ScriptedChatClient Replying(string text) => new(ScriptedReply.Words(text));

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var reply = Next(messages, options, streamed: false);
        var pieces = new List<AssistantMessage>();
        await foreach (var piece in PlayAsync(reply, cancellationToken).ConfigureAwait(false))
            pieces.Add(new AssistantMessage([piece]));
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, pieces.Count == 0 ? [] : AssistantMessage.Concat(pieces).ToChatMessage().Contents))
        {
            Usage = reply.Usage,
            FinishReason = reply.FinishReason,
            ModelId = reply.ModelId,
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reply = Next(messages, options, streamed: true);
        await foreach (var piece in PlayAsync(reply, cancellationToken).ConfigureAwait(false))
            yield return new ChatResponseUpdate(ChatRole.Assistant, [piece]) { ModelId = reply.ModelId };
        if (reply.Usage is null && reply.FinishReason is null)
            yield break;
        yield return new ChatResponseUpdate(ChatRole.Assistant, reply.Usage is null ? [] : [new UsageContent(reply.Usage)])
        {
            ModelId = reply.ModelId,
            FinishReason = reply.FinishReason,
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        if (serviceType == typeof(ChatClientMetadata))
            return ProviderName is null ? null : new ChatClientMetadata(ProviderName);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async IAsyncEnumerable<AIContent> PlayAsync(ScriptedReply reply, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await WaitAsync(reply.DelayBeforeFirst, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < reply.Pieces.Count; i++)
        {
            if (reply.Failure is not null && i == reply.FailAfter)
                throw reply.Failure;
            await WaitAsync(reply.DelayPerPiece, cancellationToken).ConfigureAwait(false);
            yield return reply.Pieces[i];
        }

        if (reply.Failure is not null)
            throw reply.Failure;
    }

    private Task WaitAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return delay > TimeSpan.Zero ? Task.Delay(delay, TimeProvider, cancellationToken) : Task.CompletedTask;
    }

    private ScriptedReply Next(IEnumerable<ChatMessage> messages, ChatOptions? options, bool streamed)
    {
        ArgumentNullException.ThrowIfNull(messages);
        lock (_lock)
        {
            if (MaxCalls > 0)
            {
                if (_calls.Count >= MaxCalls)
                    _calls.Dequeue();
                _calls.Enqueue(new ScriptedCall([.. messages], options, streamed));
            }

            // Past the script's end the count stands still, so that it cannot overflow.
            var index = _count <= _replies.Count ? _count++ : _count;
            if (index >= _replies.Count && !RepeatsLast)
                throw new InvalidOperationException($"The script has {_replies.Count} replies, and all have been given. Add replies, or let the last one repeat.");
            return _replies[Math.Min(index, _replies.Count - 1)];
        }
    }
}
