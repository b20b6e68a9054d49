using Microsoft.Extensions.AI;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Chat;

/// <summary>A model that completes text, as a step: from a prompt to a string.</summary>
public sealed class TextModel : Runnable<PromptValue, string>
{
    private readonly IChatClient _client;
    private readonly ChatOptions? _options;
    private readonly bool _streams;

    /// <summary>Makes a step of a client, which is sent the prompt as one text.</summary>
    /// <param name="client">The client; shared by all calls, so it must be thread-safe. Not disposed.</param>
    /// <param name="name">The name of its runs.</param>
    /// <param name="options">Options of every call; copied per call.</param>
    /// <param name="streams">False for a model that only answers whole.</param>
    public TextModel(IChatClient client, string? name = null, ChatOptions? options = null, bool streams = true)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _options = options;
        _streams = streams;
        Name = name ?? "TextModel";
        RunMetadata = ModelMetadata.Of(client, "llm", options);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override RunType RunType => RunType.Llm;

    /// <inheritdoc/>
    protected override ChainValues RunMetadata { get; }

    /// <summary>This model with options of every call changed: stop sequences, temperature, length.</summary>
    public TextModel Bind(Action<ChatOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = _options?.Clone() ?? new ChatOptions();
        configure(options);
        return new TextModel(_client, Name, options, _streams);
    }

    /// <inheritdoc/>
    protected internal override async ValueTask<string> InvokeCoreAsync(PromptValue input, RunContext context)
    {
        var response = await context.WaitForAsync(_client.GetResponseAsync(Prompt(input, context), new RunChatOptions(context, _options), context.CancellationToken));
        if (response.Usage is { } usage)
            context.Tally?.Add(usage);
        return response.Text;
    }

    /// <inheritdoc/>
    protected internal override IAsyncEnumerable<string>? StreamCore(PromptValue input, RunContext context) =>
        _streams ? StreamText(input, context) : null;

    private async IAsyncEnumerable<string> StreamText(PromptValue input, RunContext context)
    {
        var updates = _client.GetStreamingResponseAsync(Prompt(input, context), new RunChatOptions(context, _options), context.CancellationToken);
#pragma warning disable CA2007 // Its waits and its disposal do not capture the context.
        await foreach (var update in context.WaitForEach(updates))
#pragma warning restore CA2007
        {
            context.Tally?.Add(update);
            if (update.Text.Length > 0)
                yield return update.Text;
        }
    }

    private static ChatMessage[] Prompt(PromptValue input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        PromptLimits.Check(context, input);
        return [new(ChatRole.User, input.ToText())];
    }
}
