using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Agents;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Retrievers;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.ConformanceHost;

/// <summary>A value of every kind that has a form of its own on the wire, by name.</summary>
internal static class WellKnown
{
    public static Runnable<string, object?> Chain { get; } = Runnable.Lambda<string, object?>("wellknown", ValueOf);

    private static object? ValueOf(string name) => name switch
    {
        // Messages.
        "human" => new ChatMessage(ChatRole.User, "yo"),
        "system" => new ChatMessage(ChatRole.System, "sys"),
        "chat" => new ChatMessage(new ChatRole("moderator"), "c"),
        "function" => new ChatMessage(new ChatRole("function"), "fr") { AuthorName = "f" },
        "tool" => new ChatMessage(ChatRole.Tool, [new FunctionResultContent("call_1", "tr")])
        {
            AdditionalProperties = new() { ["artifact"] = new Dictionary<string, int> { ["z"] = 1 } },
        },
        "ai" => new AssistantMessage([new TextContent("hi"), new UsageContent(new() { InputTokenCount = 1, OutputTokenCount = 2, TotalTokenCount = 3 })])
        {
            Id = "m1",
            Name = "bob",
            Properties = ChainValues.Of(("additional_kwargs", ChainValues.Of("a", 1)), ("response_metadata", ChainValues.Of("m", "x"))),
        },
        "ai_blocks" => new AssistantMessage([new TextContent("hello"), new DataContent("data:,"u8.ToArray(), "text/plain")])
        {
            Properties = ChainValues.Of("content", new object[] { new { type = "text", text = "hello" }, new { type = "image_url", image_url = new { url = "data:," } } }),
        },
        "ai_tool_calls" => new AssistantMessage([new FunctionCallContent("call_1", "f", new Dictionary<string, object?> { ["x"] = 1 })]),
        "ai_chunk" => new AssistantMessage([new TextContent("ch"), new ToolCallChunk { Name = "f", Arguments = "{\"x\":", CallId = "call_1", Index = 0 }]) { IsChunk = true },
        "messages" => new[] { new ChatMessage(ChatRole.User, "1"), new ChatMessage(ChatRole.Assistant, "2") },

        // Prompts, documents, agents, results.
        "string_prompt" => new StringPromptValue("p"),
        "chat_prompt" => new ChatPromptValue([new ChatMessage(ChatRole.User, "q")]),
        "document" => new Document("doc") { Id = "d1", Metadata = ChainValues.Of("source", "s") },
        "documents" => new[] { new Document("a"), new Document("b") { Metadata = ChainValues.Of("n", 1) } },
        "agent_action" => new AgentAction("t", ChainValues.Of("q", "x"), "log"),
        "agent_action_message_log" => new AgentActionMessageLog("t", "x", "log", [new ChatMessage(ChatRole.Assistant, "m")]),
        "agent_finish" => new AgentFinish(ChainValues.Of("output", "done"), "fin"),
        "generation" => new Generation("g") { GenerationInfo = ChainValues.Of("r", "stop") },
        "generation_chunk" => new Generation("gc"),
        "chat_generation" => new ChatGeneration(new AssistantMessage("cg")),
        "chat_generation_chunk" => new ChatGeneration(new AssistantMessage("cgc") { IsChunk = true }),
        "llm_result" => new LlmResult([[new Generation("lr")]]) { LlmOutput = ChainValues.Of("t", 1) },
        "llm_result_chat" => new LlmResult([[new ChatGeneration(new AssistantMessage("lrc"))]]),
        "nested" => ChainValues.Of(("messages", new[] { new ChatMessage(ChatRole.User, "1") }), ("docs", new[] { new Document("a") })),

        // Plain values.
        "none" => null,
        "true" => true,
        "false" => false,
        "int" => 42,
        "bigint" => 9223372036854775808,
        "hugeint" => JsonElement.Parse("123456789012345678901234567890"),
        "float" => 1.0,
        "float_exp" => 1e22,
        "float_small" => 1.5e-7,
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "empty_string" => "",
        "empty_list" => Array.Empty<object>(),
        "empty_dict" => ChainValues.Empty,
        "unicode" => "café 你好 😀 \u2028 </script> \"q\" \\ \t \u0001",
        "uuid" => Guid.Parse("12345678-1234-5678-1234-567812345678"),
        "datetime" => new DateTimeOffset(2024, 1, 2, 3, 4, 5, 0, 678, TimeSpan.Zero),
        "date" => new DateOnly(2024, 1, 2),
        "time" => new TimeOnly(3, 4, 5),
        "tuple" => new object?[] { 1, "two", null },
        "set" => new HashSet<int> { 1 },
        "bytes" => "bytes"u8.ToArray(),
        "int_keys" => new Dictionary<int, string> { [1] = "one" },
        "root_dict" => "collapsed?", // what LangServe's clients get for a dict with the key root
        "object" => typeof(object), // has no JSON form
        _ => throw new InvalidInputException($"There is no value '{name}'; the input is the name of one."),
    };
}
