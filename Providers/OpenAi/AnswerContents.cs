using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Providers.OpenAi;

/// <summary>What was read, as contents of Microsoft.Extensions.AI.</summary>
internal static class AnswerContents
{
    /// <summary>The key of a text's additional properties that tells it is a refusal.</summary>
    private const string Refusal = "refusal";

    /// <summary>The contents of a piece; null if it has none.</summary>
    public static List<AIContent>? OfPiece(AnswerReader piece)
    {
        List<AIContent>? contents = null;
        AddTexts(piece, ref contents);
        if (piece.Calls is { } calls)
            (contents ??= []).AddRange(calls);
        return contents;
    }

    /// <summary>The contents of a whole answer.</summary>
    public static List<AIContent> OfWhole(AnswerReader answer)
    {
        List<AIContent>? contents = null;
        AddTexts(answer, ref contents);
        if (answer.Calls is { } calls)
            (contents ??= []).AddRange(calls.Select(CallOf));
        return contents ?? [];
    }

    private static void AddTexts(AnswerReader piece, ref List<AIContent>? contents)
    {
        if (piece.Reasoning is not null)
            (contents ??= new(1)).Add(new TextReasoningContent(piece.Reasoning));
        if (piece.Text is not null)
            (contents ??= new(1)).Add(new TextContent(piece.Text));
        if (piece.Refusal is not null)
            (contents ??= new(1)).Add(new TextContent(piece.Refusal) { AdditionalProperties = new() { [Refusal] = true } });
    }

    /// <summary>A call. If its arguments are no JSON object, it has none, the text as its raw form, and an exception that says so.</summary>
    private static FunctionCallContent CallOf(ToolCallChunk call)
    {
        var content = new FunctionCallContent(call.CallId ?? "", call.Name ?? "") { RawRepresentation = call.Arguments };
        try
        {
            using var json = JsonDocument.Parse(string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("The arguments of a tool call are no JSON object.");
            var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var argument in json.RootElement.EnumerateObject())
                arguments[argument.Name] = argument.Value.Clone();
            content.Arguments = arguments;
        }
        catch (JsonException error)
        {
            content.Exception = error;
        }

        return content;
    }
}
