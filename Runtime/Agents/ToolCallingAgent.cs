using System.Globalization;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tools;

namespace Serving.Runtime.Agents;

/// <summary>
/// Lets a model call tools until it answers. The answer is what the model says on the way and at the end, a blank line between two steps that said
/// something; its usage is the sum over all steps, its finish reason and model those of the last. Tool calls, reasoning and results show in events alone.
/// </summary>
/// <remarks>
/// The calls of one message run side by side, at most <see cref="RunConfig.MaxConcurrency"/> at once. A call that fails does not end the run: the model
/// is told why, in the words of a <see cref="ServingException"/>, and of any other exception only that there was one.
/// The model is called at most <see cref="RunConfig.RecursionLimit"/> times; then the run ends with <see cref="RecursionLimitException"/>.
/// Runs of step 2 are tagged <c>agent:step:2</c>, those of its calls <c>agent:step:2:call:1</c> and so on.
/// </remarks>
public sealed class ToolCallingAgent : Runnable<PromptValue, AssistantMessage>
{
    private readonly ChatModel _model;
    private readonly ToolCalls _calls;

    /// <summary>Makes an agent.</summary>
    /// <param name="model">The model; what it is bound to is kept, and the tools are added.</param>
    /// <param name="tools">The tools. There may be none.</param>
    /// <exception cref="CompositionException">Two tools have one name.</exception>
    public ToolCallingAgent(ChatModel model, IReadOnlyList<Tool> tools)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tools);
        _calls = new ToolCalls(tools);
        _model = tools.Count == 0 ? model : model.Bind(options => options.Tools = [.. options.Tools ?? [], .. tools.Select(tool => tool.Function)]);
    }

    /// <inheritdoc/>
    protected internal override async ValueTask<AssistantMessage> InvokeCoreAsync(PromptValue input, RunContext context)
    {
        var pieces = await RunAsync(input, context, streamed: false).FoldAsync(context.CancellationToken).ConfigureAwait(false);
        return pieces.Value!; // there is a last piece always
    }

    /// <inheritdoc/>
    protected internal override IAsyncEnumerable<AssistantMessage> StreamCore(PromptValue input, RunContext context) => RunAsync(input, context, streamed: true);

    /// <summary>The answer in pieces. Invoked, a step of the model is one piece; nothing else differs, so what is streamed adds up to what is invoked.</summary>
    private async IAsyncEnumerable<AssistantMessage> RunAsync(PromptValue input, RunContext context, bool streamed)
    {
        ArgumentNullException.ThrowIfNull(input);
        var id = $"run--{context.RunId}";
        var limit = context.Config.RecursionLimit;
        var prompt = input;
        var spoke = false;
        for (var step = 1; step <= limit; step++)
        {
            var tag = string.Create(CultureInfo.InvariantCulture, $"agent:step:{step}");
            var whole = new StreamFold<AssistantMessage>();
            var gap = spoke;
            await foreach (var piece in AskAsync(prompt, context.Child(tag), streamed).ConfigureAwait(false))
            {
                whole.Add(piece);
                var said = Said(piece.Contents, ref gap);
                spoke |= said.Any(content => content is TextContent);
                if (said.Count > 0)
                    yield return new AssistantMessage(said) { Id = id, IsChunk = streamed };
            }

            var answer = whole.Value;
            var message = answer?.ToChatMessage() ?? new ChatMessage(ChatRole.Assistant, "");
            var calls = ToolCalls.TakeFrom(message);
            if (calls.Count == 0)
            {
                yield return new AssistantMessage([])
                {
                    Id = id,
                    Name = answer?.Name,
                    ModelId = answer?.ModelId,
                    FinishReason = answer?.FinishReason,
                    IsChunk = streamed,
                };
                yield break;
            }

            if (step < limit)
                prompt = new ChatPromptValue([.. prompt.ToMessages(), message, .. await _calls.RunAsync(calls, tag, context).ConfigureAwait(false)]);
        }

        throw RecursionLimitException.OfAgent(context.Config.RunName ?? Name, limit);
    }

    private async IAsyncEnumerable<AssistantMessage> AskAsync(PromptValue prompt, RunContext context, bool streamed)
    {
        if (!streamed)
        {
            yield return await _model.InvokeAsync(prompt, context).ConfigureAwait(false);
            yield break;
        }

        await foreach (var piece in _model.StreamAsync(prompt, context).ConfigureAwait(false))
            yield return piece;
    }

    /// <summary>What of a piece is for the caller. A gap to what earlier steps said goes before the first text.</summary>
    private static List<AIContent> Said(IReadOnlyList<AIContent> contents, ref bool gap)
    {
        var said = new List<AIContent>(contents.Count);
        foreach (var content in contents)
        {
            if (content is ToolCallContent or ToolCallChunk or ToolResultContent or TextReasoningContent or TextContent { Text.Length: 0 })
                continue;
            if (gap && content is TextContent)
            {
                said.Add(new TextContent("\n\n"));
                gap = false;
            }

            said.Add(content);
        }

        return said;
    }
}
