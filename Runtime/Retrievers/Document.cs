using Serving.Runtime.Streaming;

namespace Serving.Runtime.Retrievers;

/// <summary>A text and what is known about it.</summary>
public sealed record Document
{
    /// <summary>Makes an empty document, to be filled in.</summary>
    public Document()
    {
    }

    /// <summary>Makes a document of a text.</summary>
    public Document(string pageContent) => PageContent = pageContent;

    /// <summary>Its id in the store it came from.</summary>
    public string? Id { get; init; }

    /// <summary>Facts about it, such as its source. They reach clients.</summary>
    public ChainValues Metadata { get; init; } = ChainValues.Empty;

    /// <summary>The text.</summary>
    public string PageContent { get; init; } = "";

    /// <summary>What this is on the wire.</summary>
    public string Type { get; } = "Document";
}
