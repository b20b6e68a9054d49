namespace Serving.Runtime.Runs;

/// <summary>What kind of step a run belongs to; it names the events of the run.</summary>
public enum RunType
{
    /// <summary>A chain or any plain step.</summary>
    Chain,

    /// <summary>A prompt template.</summary>
    Prompt,

    /// <summary>A chat model.</summary>
    ChatModel,

    /// <summary>A text-completion model.</summary>
    Llm,

    /// <summary>An output parser.</summary>
    Parser,

    /// <summary>A retriever.</summary>
    Retriever,

    /// <summary>A tool.</summary>
    Tool,
}
