namespace Serving.Runtime.Runs;

/// <summary>What types of runs are called.</summary>
public static class RunTypes
{
    /// <summary>The word for a type in events and spans, such as <c>chat_model</c>.</summary>
    public static string Word(this RunType type) => type switch
    {
        RunType.Chain => "chain",
        RunType.Prompt => "prompt",
        RunType.ChatModel => "chat_model",
        RunType.Llm => "llm",
        RunType.Parser => "parser",
        RunType.Retriever => "retriever",
        RunType.Tool => "tool",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
