using Microsoft.Extensions.AI;

namespace Serving.Benchmarks;

/// <summary>A client whose answers cost nothing, so that what is measured is ours. Updates are made beforehand.</summary>
internal sealed class CannedChatClient(int tokens) : IChatClient
{
    private static readonly Task<ChatResponse> Response = Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "A parrot walks into a bar.")));

    private readonly ChatResponseUpdate[] _updates = [.. Enumerable.Range(0, tokens).Select(i => new ChatResponseUpdate(ChatRole.Assistant, $"token{i} "))];

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Response;

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in _updates)
        {
            await Task.CompletedTask;
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
