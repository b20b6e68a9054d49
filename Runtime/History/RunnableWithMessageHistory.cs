using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.History;

/// <summary>A chain that is given what was said before in its session, and whose answers are added to it.</summary>
internal sealed class RunnableWithMessageHistory<TOut> : Runnable<ChainValues, TOut>
{
    private const int MaxSessionIdLength = 256;

    private readonly Runnable<ChainValues, TOut> _inner;
    private readonly IChatHistoryStore _store;
    private readonly MessageHistoryOptions _options;

    public RunnableWithMessageHistory(Runnable<ChainValues, TOut> inner, IChatHistoryStore store, MessageHistoryOptions options)
    {
        if (!typeof(IEnumerable<ChatMessage>).IsAssignableFrom(typeof(TOut))
            && !typeof(IEnumerable<AssistantMessage>).IsAssignableFrom(typeof(TOut))
            && typeof(TOut) != typeof(AssistantMessage)
            && typeof(TOut) != typeof(ChatMessage)
            && typeof(TOut) != typeof(string)
            && typeof(TOut) != typeof(object))
        {
            throw new CompositionException($"A message history keeps messages and texts, but '{inner.Name}' gives {typeof(TOut).Name}.");
        }

        _inner = inner;
        _store = store;
        _options = options;
        ConfigurableFields =
        [
            .. inner.ConfigurableFields.Where(field => field.Id != options.FieldId),
            new(options.FieldId) { Name = "Session ID", Description = "Unique identifier for a session.", Default = "" },
        ];
    }

    public override string Name => "RunnableWithMessageHistory";

    public override IReadOnlyList<ConfigurableField> ConfigurableFields { get; }

    public override JsonShape GetInputShape(RunConfig config) => _inner.GetInputShape(config) is ObjectShape values
        ? JsonShape.Object(values.Name, [.. values.Properties.Where(property => property.Name != _options.HistoryKey)])
        : JsonShape.Dictionary;

    public override JsonShape GetOutputShape(RunConfig config) => JsonShape.Dictionary;

    protected internal override async ValueTask<TOut> InvokeCoreAsync(ChainValues input, RunContext context)
    {
        var history = HistoryOf(context);
        var asked = Asked(input);
        var earlier = await history.GetAsync(context.CancellationToken).ConfigureAwait(false);
        var output = await _inner.InvokeAsync(input.With(_options.HistoryKey, earlier), context.Child()).ConfigureAwait(false);
        await SaveAsync(history, asked, output, context).ConfigureAwait(false);
        return output;
    }

    protected internal override async IAsyncEnumerable<TOut> StreamCore(ChainValues input, RunContext context)
    {
        var history = HistoryOf(context);
        var asked = Asked(input);
        var earlier = await history.GetAsync(context.CancellationToken).ConfigureAwait(false);
        var output = new StreamFold<TOut>();
        await foreach (var piece in _inner.StreamAsync(input.With(_options.HistoryKey, earlier), context.Child()).ConfigureAwait(false))
        {
            output.Add(piece);
            yield return piece;
        }

        // A reader that left early, and a run that failed, do not come here: nothing of theirs is kept.
        await SaveAsync(history, asked, output.Value, context).ConfigureAwait(false);
    }

    private static ValueTask SaveAsync(IChatMessageHistory history, IReadOnlyList<ChatMessage> asked, TOut? output, RunContext context)
    {
        var answered = output is null ? [] : MessageList.Of(output, ChatRole.Assistant) ?? throw new CompositionException(
            $"A message history keeps messages and texts, but the chain gave {output.GetType().Name}.");
        return history.AddAsync([.. asked, .. answered], context.CancellationToken);
    }

    private IReadOnlyList<ChatMessage> Asked(ChainValues input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!input.TryGetValue(_options.InputKey, out var value) || value is null)
            throw new InvalidInputException($"The chain needs the user's message in '{_options.InputKey}'.");
        return MessageList.Of(value)
            ?? throw new InvalidInputException($"The value of '{_options.InputKey}' is no message. Send a text, one message, or a list of messages.");
    }

    private IChatMessageHistory HistoryOf(RunContext context)
    {
        context.Config.Configurable.TryGetValue(_options.FieldId, out var value);
        var id = value is JsonElement { ValueKind: JsonValueKind.String } json ? json.GetString() : value as string;
        if (string.IsNullOrEmpty(id))
            throw new InvalidInputException($"This chain keeps a history for each session: send config.configurable.{_options.FieldId}, a text that is not empty.");
        if (id.Length > MaxSessionIdLength)
            throw new InvalidInputException($"The session id in config.configurable.{_options.FieldId} has {id.Length} characters; the limit is {MaxSessionIdLength}.");
        return _store.Get(id);
    }
}
