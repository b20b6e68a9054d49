using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Answers;

/// <summary>All that an answer says, before a wire gives it a form. Texts are escaped as the inside of a JSON string.</summary>
internal sealed class Answer
{
    private const int PieceLength = 8;
    private const int BeforeFilter = 3;

    // As providers write: quotes as \", letters of all languages as they are. No answer stands in a page.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private byte[][]? _pieces;

    /// <summary>Hexadecimal, without the wire's prefix.</summary>
    public required string Id { get; init; }

    /// <summary>The model's whole name, escaped.</summary>
    public required string Model { get; init; }

    public required long Created { get; init; }

    public int TextPieces { get; private set; }

    public IReadOnlyList<ToolCall> Calls { get; private set; } = [];

    public Finish Finish { get; private set; }

    /// <summary>The stop sequence that ended it, escaped.</summary>
    public string? StopSequence { get; private set; }

    public TokenCounts Usage { get; private set; } = TokenCounts.Zero;

    public bool IncludesUsage { get; private init; }

    /// <summary>Whether a request of this behaviour is answered by tool calls.</summary>
    public static bool CallsTools(ModelRequest request, Behaviour behaviour) =>
        request.Tools.Count > 0 && !request.MayNotCallTool && request.ToolRounds < behaviour.Rounds && (behaviour.CallsTools || request.MustCallTool);

    public static Answer Of(ModelRequest request, Behaviour behaviour, Fault? fault, int tokens, string id, long created)
    {
        var answer = new Answer { Id = id, Model = Escape(request.Model ?? ""), Created = created, IncludesUsage = request.IncludesUsage };
        if (CallsTools(request, behaviour))
        {
            answer.TextPieces = behaviour.Tokens ?? 0;
            answer.Finish = Finish.ToolCalls;
            answer.Calls = [.. Enumerable.Range(0, behaviour.Calls).Select(call => Call(request, id, call))];
        }
        else
        {
            answer.TextPieces = behaviour.Tokens ?? tokens;
            answer.Cut(request, fault);
        }

        if (fault?.Kind == FaultKind.Huge)
            answer.TextPieces = Math.Max(1, answer.TextPieces);
        var output = answer.TextPieces + answer.Calls.Sum(call => call.Pieces.Count) + behaviour.Reasoning;
        answer.Usage = new TokenCounts(request.PromptWords, Math.Min(behaviour.Cached, request.PromptWords), output, behaviour.Reasoning);
        return answer;
    }

    public ReadOnlySpan<byte> TextPiece(int index) => _pieces is null ? Piece.Utf8(index) : _pieces[index];

    public string Text()
    {
        if (_pieces is null)
            return Piece.Text(TextPieces);
        return string.Concat(_pieces.Take(TextPieces).Select(Encoding.UTF8.GetString));
    }

    public static string Escape(string text) => JsonEncodedText.Encode(text, Plain.Encoder).Value;

    /// <summary>Ends the text where a limit, a stop sequence or a filter ends it.</summary>
    private void Cut(ModelRequest request, Fault? fault)
    {
        if (fault?.Kind is FaultKind.Filter or FaultKind.Refusal)
        {
            Finish = fault.Kind == FaultKind.Filter ? Finish.Filter : Finish.Refusal;
            TextPieces = Math.Min(TextPieces, BeforeFilter);
            return;
        }

        if (request.WantsJson || request.Stop.Count > 0)
            SetText(request);
        if ((request.MaxCompletionTokens ?? request.MaxTokens) is { } most && most < TextPieces)
        {
            Finish = Finish.Length;
            TextPieces = Math.Max(0, most);
        }
    }

    private void SetText(ModelRequest request)
    {
        var text = Piece.Text(TextPieces);
        if (request.WantsJson)
        {
            var value = request.ResponseSchema is { } schema ? SchemaSample.Of(schema, text) : new JsonObject { ["text"] = text };
            text = value?.ToJsonString(Plain) ?? "null";
        }

        foreach (var stop in request.Stop.Where(stop => stop.Length > 0))
        {
            if (text.IndexOf(stop, StringComparison.Ordinal) is var at and >= 0)
                (text, Finish, StopSequence) = (text[..at], Finish.StopSequence, Escape(stop));
        }

        _pieces = [.. Chunks(text, request.WantsJson).Select(chunk => Encoding.UTF8.GetBytes(Escape(chunk)))];
        TextPieces = _pieces.Length;
    }

    private static ToolCall Call(ModelRequest request, string id, int call)
    {
        var tool = request.Tools.Find(one => one.Name == request.ChosenTool) ?? request.Tools[call % request.Tools.Count];
        var json = (tool.Schema is { } schema ? SchemaSample.Of(schema, "t0") : null)?.ToJsonString(Plain) ?? "{}";
        return new ToolCall($"{id[..8]}{call.ToString(CultureInfo.InvariantCulture)}", Escape(tool.Name), json, [.. Chunks(json, isJson: true).Select(Escape)]);
    }

    /// <summary>The words of a text, each with the space before it; or JSON in short pieces.</summary>
    private static IEnumerable<string> Chunks(string text, bool isJson)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = isJson ? start + PieceLength : text.IndexOf(' ', start + 1);
            end = end < 0 || end > text.Length ? text.Length : end;
            // A character outside the basic plane stays whole.
            if (end < text.Length && char.IsLowSurrogate(text[end]))
                end++;
            yield return text[start..end];
            start = end;
        }
    }
}
