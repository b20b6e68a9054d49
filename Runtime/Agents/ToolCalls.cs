using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tools;

namespace Serving.Runtime.Agents;

/// <summary>Makes the calls a model asks for, and answers each with a message. What goes wrong with a call is told in its answer.</summary>
internal sealed class ToolCalls
{
    private readonly Dictionary<string, CalledTool> _tools = new(StringComparer.Ordinal);
    private readonly string _names;

    public ToolCalls(IReadOnlyList<Tool> tools)
    {
        foreach (var tool in tools)
        {
            ArgumentNullException.ThrowIfNull(tool);
            if (!_tools.TryAdd(tool.Name, new CalledTool(tool)))
                throw new CompositionException($"An agent has two tools named '{tool.Name}'; give each a name of its own.");
        }

        _names = tools.Count == 0 ? "none" : string.Join(", ", tools.Select(tool => tool.Name));
    }

    /// <summary>The calls in a message, in order. One without an id, or with that of another, is given one of its own: each answer belongs to one call.</summary>
    public static List<FunctionCallContent> TakeFrom(ChatMessage message)
    {
        var calls = new List<FunctionCallContent>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < message.Contents.Count; i++)
        {
            if (message.Contents[i] is not FunctionCallContent { InformationalOnly: false } call)
                continue;
            var id = call.CallId;
            for (var number = 2; id.Length == 0 || !ids.Add(id); number++)
                id = string.Create(CultureInfo.InvariantCulture, $"{(call.CallId.Length == 0 ? "call" : call.CallId)}_{number}");
            if (id != call.CallId)
            {
                call = new FunctionCallContent(id, call.Name, call.Arguments)
                {
                    Exception = call.Exception,
                    RawRepresentation = call.RawRepresentation,
                    AdditionalProperties = call.AdditionalProperties,
                };
                message.Contents[i] = call;
            }

            calls.Add(call);
        }

        return calls;
    }

    /// <summary>Makes the calls side by side; their answers keep the order of the calls.</summary>
    public async ValueTask<IReadOnlyList<ChatMessage>> RunAsync(IReadOnlyList<FunctionCallContent> calls, string tag, RunContext context)
    {
        var answers = new ChatMessage[calls.Count];
        await SideBySide.RunAsync(calls.Count, context.Config.MaxConcurrency, RunCall, context.CancellationToken).ConfigureAwait(false);
        return answers;

        async ValueTask RunCall(int index, CancellationToken cancellationToken)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{tag}:call:{index + 1}");
            var result = await AnswerAsync(calls[index], context.With(cancellationToken).Child(place)).ConfigureAwait(false);
            answers[index] = new ChatMessage(ChatRole.Tool, [result]);
        }
    }

    private async ValueTask<FunctionResultContent> AnswerAsync(FunctionCallContent call, RunContext context)
    {
        try
        {
            return new FunctionResultContent(call.CallId, TextOf(await RunAsync(call, context).ConfigureAwait(false)));
        }
        catch (Exception error)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var told = IsPublic(error) ? error : new ServingException(ErrorKind.Internal, $"The tool '{call.Name}' failed.");
            return new FunctionResultContent(call.CallId, $"Error: {told.Message}") { Exception = told };
        }
    }

    private ValueTask<object?> RunAsync(FunctionCallContent call, RunContext context)
    {
        if (!_tools.TryGetValue(call.Name, out var tool))
            throw new InvalidInputException($"There is no tool '{call.Name}'; there are: {_names}.");
        if (call.Exception is not null)
            throw new InvalidInputException($"The arguments of '{call.Name}' are not a JSON object. Call it again with one.");
        return tool.InvokeAsync(call.Arguments is null ? ChainValues.Empty : ChainValues.From(call.Arguments), context);
    }

    /// <summary>Whether an error's text may be read by a client, to whom the model may repeat it.</summary>
    private static bool IsPublic(Exception error) => error is StatusException or ServingException { Kind: not ErrorKind.Internal };

    private static string TextOf(object? result) => result switch
    {
        string text => text,
        TextContent text => text.Text,
        JsonElement { ValueKind: JsonValueKind.Undefined } or null => "null",
        _ => JsonSerializer.Serialize(result, result.GetType(), RuntimeJson.Options),
    };
}
