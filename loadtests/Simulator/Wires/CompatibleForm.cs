using System.Buffers;
using System.Text;
using Serving.Simulator.Answers;

namespace Serving.Simulator.Wires;

/// <summary>A stream of those that speak like OpenAI.</summary>
internal sealed class CompatibleForm : StreamForm
{
    private static readonly byte[] DoneEvent = "data: [DONE]\n\n"u8.ToArray();

    private readonly Answer _answer;
    private readonly CompatibleStyle _style;
    private readonly string _head;
    private readonly string _beforeFinish;
    private readonly string _tail;
    private readonly byte[] _beforeText;
    private readonly byte[] _afterText;

    public CompatibleForm(Answer answer, CompatibleStyle style)
    {
        _answer = answer;
        _style = style;
        var fingerprint = style.IsRich ? ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulator\"" : "";
        _head = $$"""data: {"id":"{{style.IdPrefix}}{{answer.Id}}","object":"chat.completion.chunk","created":{{answer.Created}},"model":"{{answer.Model}}"{{fingerprint}},"choices":[""";
        _beforeFinish = style.IsRich ? ",\"logprobs\":null" : "";
        _tail = answer.IncludesUsage && !style.UsageInFinish ? "],\"usage\":null}\n\n" : "]}\n\n";
        var field = answer.Finish == Finish.Refusal && style.IsRich ? "refusal" : "content";
        _beforeText = Encoding.UTF8.GetBytes($$"""{{_head}}{"index":0,"delta":{"{{field}}":" """.TrimEnd());
        _afterText = Encoding.UTF8.GetBytes($"\"}}{_beforeFinish},\"finish_reason\":null{(style.HasFilterResults ? $",\"content_filter_results\":{CompatibleJson.Passed}" : "")}}}{_tail}");
    }

    public override IEnumerable<Frame> Frames()
    {
        if (_style.HasFilterResults)
            yield return new(FrameKind.PromptFilter);
        yield return new(FrameKind.Open);
        for (var index = 0; index < _answer.TextPieces; index++)
            yield return new(FrameKind.Text, index);
        for (var call = 0; call < _answer.Calls.Count; call++)
        {
            if (_style.WholeToolCalls)
            {
                yield return new(FrameKind.ToolArguments, 0, call);
                continue;
            }

            yield return new(FrameKind.ToolStart, 0, call);
            for (var index = 0; index < _answer.Calls[call].Pieces.Count; index++)
                yield return new(FrameKind.ToolArguments, index, call);
        }

        yield return new(FrameKind.Finish);
        if (_answer.IncludesUsage && !_style.UsageInFinish)
            yield return new(FrameKind.Usage);
        yield return new(FrameKind.Done);
    }

    public override void Write(Frame frame, IBufferWriter<byte> to)
    {
        switch (frame.Kind)
        {
            case FrameKind.Text:
                to.Write(_beforeText);
                to.Write(_answer.TextPiece(frame.Index));
                to.Write(_afterText);
                break;
            case FrameKind.Done:
                to.Write(DoneEvent);
                break;
            default:
                WriteText(Event(frame), to);
                break;
        }
    }

    public override void WriteHuge(int size, IBufferWriter<byte> to) => WriteHuge(_beforeText, size, _afterText, to);

    public override void WriteMalformed(IBufferWriter<byte> to) => WriteText(_head + "{\"index\":0,\"delta\":{\"content\":\n\n", to);

    public override void WriteError(string body, IBufferWriter<byte> to) => WriteText($"data: {body}\n\n", to);

    public override bool TellsUsage(Frame frame) => frame.Kind == (_style.UsageInFinish ? FrameKind.Finish : FrameKind.Usage);

    private string Event(Frame frame) => frame.Kind switch
    {
        FrameKind.PromptFilter =>
            $"data: {{\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{{\"prompt_index\":0,\"content_filter_results\":{CompatibleJson.Passed}}}]}}\n\n",
        FrameKind.Open => Chunk($"{{\"role\":\"assistant\",\"content\":{(OpensWithText ? "\"\"" : "null")}{(_style.IsRich ? ",\"refusal\":null" : "")}}}"),
        FrameKind.ToolStart => Chunk(
            $$$"""{"tool_calls":[{"index":{{{frame.Call}}},"id":"{{{_style.CallPrefix}}}{{{_answer.Calls[frame.Call].Id}}}","type":"function","function":{"name":"{{{_answer.Calls[frame.Call].Name}}}","arguments":""}}]}"""),
        FrameKind.ToolArguments when _style.WholeToolCalls =>
            Chunk($"{{\"content\":\"\",\"tool_calls\":[{CompatibleJson.Call(_answer.Calls[frame.Call], frame.Call, _style)}]}}"),
        FrameKind.ToolArguments => Chunk(
            $$$"""{"tool_calls":[{"index":{{{frame.Call}}},"function":{"arguments":"{{{_answer.Calls[frame.Call].Pieces[frame.Index]}}}"}}]}"""),
        FrameKind.Finish when _style.UsageInFinish =>
            Chunk("{\"content\":\"\"}", $"\"{CompatibleJson.Reason(_answer.Finish)}\"").Replace(_tail, $"],\"usage\":{CompatibleJson.Usage(_answer.Usage, _style)}}}\n\n", StringComparison.Ordinal),
        FrameKind.Finish => Chunk("{}", $"\"{CompatibleJson.Reason(_answer.Finish)}\""),
        FrameKind.Usage => $"{_head}],\"usage\":{CompatibleJson.Usage(_answer.Usage, _style)}}}\n\n",
        _ => throw new InvalidOperationException($"An event of kind {frame.Kind} does not occur on this wire."),
    };

    private bool OpensWithText => _style.WholeToolCalls || _answer.Calls.Count == 0 || _answer.TextPieces > 0;

    private string Chunk(string delta, string reason = "null")
    {
        var results = !_style.HasFilterResults ? "" : reason == "null" ? ",\"content_filter_results\":{}" : $",\"content_filter_results\":{CompatibleJson.Results(_answer)}";
        return $"{_head}{{\"index\":0,\"delta\":{delta}{_beforeFinish},\"finish_reason\":{reason}{results}}}{_tail}";
    }
}
