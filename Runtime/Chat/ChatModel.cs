using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Chat;

/// <summary>A chat model as a step: from a prompt to the model's message, token by token where the client streams.</summary>
public sealed class ChatModel : Runnable<PromptValue, AssistantMessage>
{
    private readonly IChatClient _client;
    private readonly ChatOptions? _options;

    /// <summary>Makes a step of a client.</summary>
    /// <param name="client">The client; shared by all calls, so it must be thread-safe. Not disposed.</param>
    /// <param name="name">The name of its runs.</param>
    /// <param name="options">Options of every call; copied per call.</param>
    public ChatModel(IChatClient client, string? name = null, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _options = options;
        Name = name ?? "ChatModel";
        RunMetadata = ModelMetadata.Of(client, "chat", options);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override RunType RunType => RunType.ChatModel;

    /// <inheritdoc/>
    protected override ChainValues RunMetadata { get; }

    /// <summary>This model with options of every call changed: tools, stop sequences, temperature.</summary>
    public ChatModel Bind(Action<ChatOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = _options?.Clone() ?? new ChatOptions();
        configure(options);
        return new ChatModel(_client, Name, options);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected internal override async ValueTask<AssistantMessage> InvokeCoreAsync(PromptValue input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        PromptLimits.Check(context, input);
        var response = await context.WaitForAsync(_client.GetResponseAsync(input.ToMessages(), new RunChatOptions(context, _options), context.CancellationToken));
        if (response.Usage is { } usage)
            context.Tally?.Add(usage);
        return Whole(response, context.RunId);
    }

    /// <inheritdoc/>
    protected internal override async IAsyncEnumerable<AssistantMessage> StreamCore(PromptValue input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        PromptLimits.Check(context, input);
        var id = $"run--{context.RunId}";
        var updates = _client.GetStreamingResponseAsync(input.ToMessages(), new RunChatOptions(context, _options), context.CancellationToken);
#pragma warning disable CA2007 // Its waits and its disposal do not capture the context.
        await foreach (var update in context.WaitForEach(updates))
#pragma warning restore CA2007
        {
            context.Tally?.Add(update);
            yield return new AssistantMessage(update.Contents as IReadOnlyList<AIContent> ?? [.. update.Contents])
            {
                Id = id,
                Name = update.AuthorName,
                ModelId = update.FinishReason is null ? null : update.ModelId,
                FinishReason = update.FinishReason?.Value,
                IsChunk = true,
            };
        }
    }

    private static AssistantMessage Whole(ChatResponse response, Guid runId)
    {
        var last = response.Messages.Count == 0 ? new ChatMessage(ChatRole.Assistant, "") : response.Messages[^1];
        var contents = last.Contents as IReadOnlyList<AIContent> ?? [.. last.Contents];
        return new AssistantMessage(response.Usage is null ? contents : With(contents, new UsageContent(response.Usage)))
        {
            Id = $"run--{runId}-0",
            Name = last.AuthorName,
            ModelId = response.FinishReason is null ? null : response.ModelId,
            FinishReason = response.FinishReason?.Value,
            Properties = last.AdditionalProperties,
        };
    }

    private static AIContent[] With(IReadOnlyList<AIContent> contents, AIContent last)
    {
        // By index: a list behind an interface is walked with an enumerator of its own.
        var all = new AIContent[contents.Count + 1];
        for (var i = 0; i < contents.Count; i++)
            all[i] = contents[i];
        all[^1] = last;
        return all;
    }
}
