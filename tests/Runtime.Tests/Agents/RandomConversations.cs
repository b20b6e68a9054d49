using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;

namespace Serving.Runtime.Tests.Agents;

/// <summary>What a model says over the steps of a conversation, drawn by a seed: texts, reasoning, good and bad calls, usage, in pieces of any form.</summary>
internal sealed class RandomConversations(int seed)
{
    private static readonly string[] Names = ["multiply", "boom", "slow", "unknown", ""];
    private static readonly string[] Arguments = ["{}", """{"a":3}""", """{"a":"x"}""", """{"a":1,"b":4}""", "{\"a\":", "[]", ""];

    private readonly Random _random = new(seed);

    /// <summary>From one to five replies, of which the last calls nothing.</summary>
    public IReadOnlyList<ScriptedReply> Replies()
    {
        var steps = _random.Next(5);
        return [.. Enumerable.Range(0, steps).Select(_ => Reply(calls: _random.Next(1, 4))), Reply(calls: 0)];
    }

    private ScriptedReply Reply(int calls)
    {
        var pieces = new List<AIContent>();
        for (var more = _random.Next(4); more > 0; more--)
            pieces.Add(Content());
        for (var index = 0; index < calls; index++)
            pieces.AddRange(_random.Next(2) == 0 ? [Call(index)] : Chunks(index));
        for (var more = calls > 0 ? _random.Next(2) : 0; more > 0; more--)
            pieces.Add(Content());
        return new ScriptedReply
        {
            Pieces = pieces,
            Usage = _random.Next(3) == 0 ? null : new UsageDetails { InputTokenCount = _random.Next(100), OutputTokenCount = _random.Next(100) },
            FinishReason = _random.Next(3) == 0 ? null : calls > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            ModelId = _random.Next(3) == 0 ? null : $"model-{_random.Next(3)}",
        };
    }

    private AIContent Content() => _random.Next(6) switch
    {
        0 => new TextReasoningContent("thinking "),
        1 => new TextReasoningContent("signed") { ProtectedData = "signature" },
        2 => new TextContent(""),
        3 => new UriContent("https://example.com/cat.png", "image/png"),
        _ => new TextContent($"text {_random.Next(10)} "),
    };

    private FunctionCallContent Call(int index) => _random.Next(4) == 0
        ? new(Id(index), Pick(Names)) { Exception = new FormatException("no object"), RawRepresentation = "no object" }
        : new(Id(index), Pick(Names), new Dictionary<string, object?> { ["a"] = _random.Next(10) });

    private IEnumerable<AIContent> Chunks(int index)
    {
        var arguments = Pick(Arguments);
        var middle = _random.Next(arguments.Length + 1);
        return
        [
            new ToolCallChunk { Index = index, CallId = Id(index), Name = Pick(Names), Arguments = arguments[..middle] },
            new ToolCallChunk { Index = index, Arguments = arguments[middle..] },
        ];
    }

    private string Id(int index) => _random.Next(5) == 0 ? "" : _random.Next(5) == 0 ? "same" : $"call-{index}";

    private string Pick(string[] items) => items[_random.Next(items.Length)];
}
