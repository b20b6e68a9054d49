namespace Serving.Runtime.History;

/// <summary>How a chain with a history names its values.</summary>
public sealed record MessageHistoryOptions
{
    /// <summary>The value of the input that holds the user's new message: a text, a message, or a list of messages.</summary>
    /// <value>Default <c>input</c>.</value>
    public string InputKey { get; init; } = "input";

    /// <summary>The value under which the chain is given the earlier messages.</summary>
    /// <value>Default <c>history</c>.</value>
    public string HistoryKey { get; init; } = "history";

    /// <summary>The configurable field that tells the session.</summary>
    /// <value>Default <c>session_id</c>.</value>
    public string FieldId { get; init; } = "session_id";
}
