using Microsoft.Extensions.AI;

namespace Serving.Endpoints.Tests.Metrics;

/// <summary>A model that answers when it is told to.</summary>
internal sealed class HeldModel : IChatClient
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ChatResponse> _answer = new();

    public Task Asked => _asked.Task;

    /// <summary>Answers; whoever waits has gone on when this returns.</summary>
    public void Answer() => _answer.SetResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Hi.")));

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        _asked.SetResult();
        return _answer.Task;
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
