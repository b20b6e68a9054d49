using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.OpenAi;

/// <summary>What was read, as contents of Microsoft.Extensions.AI.</summary>
internal static class AnswerContents
{
    /// <summary>The contents of a piece; null if it has none.</summary>
    public static List<AIContent>? OfPiece(in AnswerReader piece)
    {
        List<AIContent>? contents = null;
        AddTexts(in piece, ref contents);
        if (piece.Calls is { } calls)
            (contents ??= []).AddRange(calls);
        if (piece.Usage is { } usage)
            (contents ??= new(1)).Add(new UsageContent(usage));
        return contents;
    }

    /// <summary>The contents of a whole answer.</summary>
    public static List<AIContent> OfWhole(in AnswerReader answer)
    {
        List<AIContent>? contents = null;
        AddTexts(in answer, ref contents);
        if (answer.Calls is { } calls)
            (contents ??= []).AddRange(calls.Select(MessageContents.CallOf));
        return contents ?? [];
    }

    private static void AddTexts(in AnswerReader piece, ref List<AIContent>? contents)
    {
        if (piece.Reasoning is not null)
            (contents ??= new(1)).Add(new TextReasoningContent(piece.Reasoning));
        if (piece.Text is not null)
            (contents ??= new(1)).Add(new TextContent(piece.Text));
        if (piece.Refusal is not null)
            (contents ??= new(1)).Add(MessageContents.Refusal(piece.Refusal));
    }
}
