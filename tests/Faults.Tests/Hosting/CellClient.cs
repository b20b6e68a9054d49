using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Serving.Faults.Tests.Hosting;

/// <summary>The model of the served chains: each test puts its own behind it, so that none inherits another's breaker or budget.</summary>
internal sealed class CellClient : IChatClient
{
    public IChatClient? Current { get; set; }

    /// <summary>What calls wait for before they begin; null for nothing.</summary>
    public Task? Gate { get; set; }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Current!.GetResponseAsync(messages, options, cancellationToken); // set before every call

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Gate is not null)
            await Gate.WaitAsync(cancellationToken);
        await foreach (var update in Current!.GetStreamingResponseAsync(messages, options, cancellationToken)) // set before every call
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
