using Microsoft.Extensions.AI;

namespace Serving.Runtime.Models;

/// <summary>One answer of a <see cref="ScriptedChatClient"/>: its pieces, their pace, and whether it fails.</summary>
public sealed record ScriptedReply
{
    /// <summary>What is streamed, one update each; a call that does not stream gets them joined.</summary>
    public IReadOnlyList<AIContent> Pieces { get; init; } = [];

    /// <summary>The wait before the first piece.</summary>
    /// <value>Default zero.</value>
    public TimeSpan DelayBeforeFirst { get; init; }

    /// <summary>The wait before each piece, the first one included.</summary>
    /// <value>Default zero.</value>
    public TimeSpan DelayPerPiece { get; init; }

    /// <summary>What ends the reply instead of its end; null for a reply that ends well.</summary>
    public Exception? Failure { get; init; }

    /// <summary>After how many pieces <see cref="Failure"/> is thrown.</summary>
    /// <value>Default 0: before the first.</value>
    public int FailAfter { get; init; }

    /// <summary>Usage reported at the end; null for none.</summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>The finish reason reported at the end; null for none.</summary>
    public ChatFinishReason? FinishReason { get; init; }

    /// <summary>The model id reported; null for none.</summary>
    public string? ModelId { get; init; }

    /// <summary>A reply of the given pieces.</summary>
    public static ScriptedReply Of(params string[] pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return new() { Pieces = [.. pieces.Select(piece => new TextContent(piece))] };
    }

    /// <summary>A reply of the given contents.</summary>
    public static ScriptedReply Of(params AIContent[] pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return new() { Pieces = [.. pieces] };
    }

    /// <summary>A reply streamed as words and, between them, single white-space characters.</summary>
    public static ScriptedReply Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pieces = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]))
                continue;
            if (i > start)
                pieces.Add(text[start..i]);
            pieces.Add(text[i].ToString());
            start = i + 1;
        }

        if (start < text.Length)
            pieces.Add(text[start..]);
        return Of([.. pieces]);
    }

    /// <summary>A reply streamed character by character; surrogate pairs stay together.</summary>
    public static ScriptedReply Characters(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Of([.. text.EnumerateRunes().Select(rune => rune.ToString())]);
    }

    /// <summary>A reply that fails before its first piece.</summary>
    public static ScriptedReply Failing(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new() { Failure = failure };
    }
}
