using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Serving.Runtime.Serialization;

namespace Serving.Runtime.Models;

/// <summary>
/// The built-in model: it needs no key and no network, and says so. Its answer depends on the messages alone; other messages give another one.
/// Asked for JSON of a schema it fills the schema with words of the input. Of its tools it calls the first that the user's words name or that shares a
/// word with them, once, and answers with the result. It counts one token for every four characters begun. Thread-safe.
/// </summary>
public sealed class OfflineChatClient : IChatClient
{
    /// <summary>The id of the model.</summary>
    public const string ModelId = "offline";

    private static readonly ChatClientMetadata Metadata = new("offline", defaultModelId: ModelId);

    private readonly OfflineModelOptions _options;
    private readonly TimeProvider _timeProvider;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Its pace.</param>
    /// <param name="timeProvider">The clock its pace is measured by; the system's if null.</param>
    public OfflineChatClient(OfflineModelOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new OfflineModelOptions();
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var answer = Answer(messages, options);
        await WaitAsync(_options.PieceDelay * Pieces(answer.Text).Count(), cancellationToken).ConfigureAwait(false);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [answer.Call ?? (AIContent)new TextContent(answer.Text)]))
        {
            ModelId = ModelId,
            FinishReason = answer.FinishReason,
            Usage = answer.Usage,
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var answer = Answer(messages, options);
        foreach (var piece in Pieces(answer.Text))
        {
            await WaitAsync(_options.PieceDelay, cancellationToken).ConfigureAwait(false);
            yield return new ChatResponseUpdate(ChatRole.Assistant, piece) { ModelId = ModelId };
        }

        if (answer.Call is not null)
            yield return new ChatResponseUpdate(ChatRole.Assistant, [answer.Call]) { ModelId = ModelId };
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(answer.Usage)]) { ModelId = ModelId, FinishReason = answer.FinishReason };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        return serviceType == typeof(ChatClientMetadata) ? Metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static Reply Answer(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var asked = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var dice = new OfflineDice(asked);
        var input = asked.Sum(message => (long)OfflineText.Tokens(OfflineText.Of(message)));
        if (OfflineTools.Choose(asked, options, dice) is { } call)
            return new Reply("", ChatFinishReason.ToolCalls, Usage(input, OfflineText.Tokens(OfflineTools.Text(call)))) { Call = call };
        var text = options?.ResponseFormat is ChatResponseFormatJson json ? Json(json, asked, dice) : OfflineText.Answer(asked, dice);
        foreach (var stop in options?.StopSequences ?? [])
        {
            if (stop.Length > 0 && text.IndexOf(stop, StringComparison.Ordinal) is >= 0 and var place)
                text = text[..place];
        }

        var reason = ChatFinishReason.Stop;
        if (options?.MaxOutputTokens is { } limit && OfflineText.Tokens(text) > limit)
        {
            var end = Math.Max(limit, 0) * 4;
            text = text[..(end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)];
            reason = ChatFinishReason.Length;
        }

        return new Reply(text, reason, Usage(input, OfflineText.Tokens(text)));
    }

    private static UsageDetails Usage(long input, long output) => new() { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output };

    private static string Json(ChatResponseFormatJson format, IReadOnlyList<ChatMessage> messages, OfflineDice dice)
    {
        if (format.Schema is not { } schema)
            return new System.Text.Json.Nodes.JsonObject { ["answer"] = OfflineText.Answer(messages, dice) }.ToJsonString(RuntimeJson.Options);
        var filled = new OfflineJson(schema, OfflineText.Words(OfflineText.Asked(messages)), dice).Fill();
        return filled?.ToJsonString(RuntimeJson.Options) ?? "null";
    }

    /// <summary>The words, each but the first with the space before it.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        var start = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] != ' ')
                continue;
            yield return text[start..i];
            start = i;
        }

        if (start < text.Length)
            yield return text[start..];
    }

    private Task WaitAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return delay > TimeSpan.Zero ? Task.Delay(delay, _timeProvider, cancellationToken) : Task.CompletedTask;
    }

    private sealed record Reply(string Text, ChatFinishReason FinishReason, UsageDetails Usage)
    {
        public FunctionCallContent? Call { get; init; }
    }
}
