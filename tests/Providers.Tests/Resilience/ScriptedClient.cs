using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Serving.Providers.Errors;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.Resilience;

/// <summary>A provider's client that does with its first call, its second and so on what a test says; the last one's behaviour stays.</summary>
internal sealed class ScriptedClient(params Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>>[] calls) : IChatClient
{
    private int _calls;
    private int _open;

    /// <summary>How many calls have come.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How many of them have not ended.</summary>
    public int Open => Volatile.Read(ref _open);

    public List<ChatOptions?> Options { get; } = [];

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = Interlocked.Increment(ref _calls);
        lock (Options)
            Options.Add(options);
        Interlocked.Increment(ref _open);
        try
        {
            await foreach (var update in calls[Math.Min(call, calls.Length) - 1](cancellationToken))
                yield return update;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted") : null;

    public void Dispose()
    {
    }
}

/// <summary>What a scripted client may do.</summary>
internal static class Does
{
    public static Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Say(params string[] pieces) => Then(pieces, null);

    public static Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Fail(Exception error) => Then([], error);

    public static Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Hang(params string[] pieces) => token => HangAsync(pieces, token);

    /// <summary>Says so much, then fails.</summary>
    public static Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Then(string[] pieces, Exception? error) => _ => ThenAsync(pieces.Select(Text), error);

    public static Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Then(AIContent content, Exception? error) =>
        _ => ThenAsync([new ChatResponseUpdate(ChatRole.Assistant, [content])], error);

    /// <summary>Tells the tokens used, without a word, then does something else.</summary>
    public static Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Use(int input, int output, Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> then) =>
        token => UseAsync(input, output, then(token));

    public static ProviderException Down(TimeSpan? retryAfter = null) =>
        new(ErrorKind.ProviderUnavailable, "Down.", ProviderFault.Transient) { RetryAfter = retryAfter };

    public static ProviderException Limited(TimeSpan? retryAfter = null) =>
        new(ErrorKind.RateLimited, "Limited.", ProviderFault.Transient) { RetryAfter = retryAfter };

    public static ProviderException NoKey() => new(ErrorKind.BadGateway, "No key.", ProviderFault.HardDown);

    public static ProviderException TooLong() => new(ErrorKind.ContextTooLong, "Too long.", ProviderFault.Caller);

    public static ToolCallChunk ToolCall { get; } = new() { Name = "look", CallId = "c1", Index = 0, Arguments = "{}" };

    private static ChatResponseUpdate Text(string piece) => new(ChatRole.Assistant, piece);

    private static async IAsyncEnumerable<ChatResponseUpdate> ThenAsync(IEnumerable<ChatResponseUpdate> updates, Exception? error)
    {
        await Task.Yield();
        foreach (var update in updates)
            yield return update;
        if (error is not null)
            throw error;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> HangAsync(string[] pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
            yield return Text(piece);
        var never = new TaskCompletionSource();
        await never.Task.WaitAsync(cancellationToken);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> UseAsync(int input, int output, IAsyncEnumerable<ChatResponseUpdate> then)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = input, OutputTokenCount = output })]);
        await foreach (var update in then)
            yield return update;
    }
}
