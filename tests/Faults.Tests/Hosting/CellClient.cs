using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Serving.Faults.Tests.Hosting;

/// <summary>The model of the served chains: each test puts its own behind it, so that none inherits another's breaker or budget.</summary>
internal sealed class CellClient : IChatClient
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private int _calls;

    public IChatClient? Current { get; set; }

    /// <summary>What calls wait for before they begin; null for nothing.</summary>
    public Task? Gate { get; set; }

    /// <summary>Completes when no call is on its way, and what there was to count of each has been counted.</summary>
    public Task Idle
    {
        get
        {
            lock (_lock)
                return _calls == 0 ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Begin();
        try
        {
            return await Current!.GetResponseAsync(messages, options, cancellationToken); // set before every call
        }
        finally
        {
            End();
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Begin();
        try
        {
            if (Gate is not null)
                await Gate.WaitAsync(cancellationToken);
            await foreach (var update in Current!.GetStreamingResponseAsync(messages, options, cancellationToken)) // set before every call
                yield return update;
        }
        finally
        {
            End();
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private void Begin()
    {
        lock (_lock)
            _calls++;
    }

    private void End()
    {
        TaskCompletionSource? idle = null;
        lock (_lock)
        {
            if (--_calls == 0)
                (idle, _idle) = (_idle, null);
        }

        idle?.TrySetResult();
    }
}
