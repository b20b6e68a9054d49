using System.Buffers;
using System.Text;
using Serving.Simulator.Answers;

namespace Serving.Simulator.Wires;

/// <summary>A stream of Anthropic.</summary>
internal sealed class AnthropicForm(Answer answer) : StreamForm
{
    /// <summary>What <c>message_start</c> says of the output, which has hardly begun.</summary>
    public const int FirstOutput = 1;

    private static readonly byte[] BeforeText = """
        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"
        """u8.ToArray();

    private static readonly byte[] AfterText = "\"}}\n\n"u8.ToArray();
    private static readonly byte[] PingEvent = "event: ping\ndata: {\"type\": \"ping\"}\n\n"u8.ToArray();
    private static readonly byte[] DoneEvent = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8.ToArray();

    private int TextBlocks => answer.TextPieces > 0 ? 1 : 0;

    public override IEnumerable<Frame> Frames()
    {
        yield return new(FrameKind.Open);
        if (TextBlocks > 0)
            yield return new(FrameKind.TextStart);
        yield return new(FrameKind.Ping);
        for (var index = 0; index < answer.TextPieces; index++)
            yield return new(FrameKind.Text, index);
        if (TextBlocks > 0)
            yield return new(FrameKind.TextStop);
        for (var call = 0; call < answer.Calls.Count; call++)
        {
            yield return new(FrameKind.ToolStart, 0, call);
            for (var index = 0; index < answer.Calls[call].Pieces.Count; index++)
                yield return new(FrameKind.ToolArguments, index, call);
            yield return new(FrameKind.ToolStop, 0, call);
        }

        yield return new(FrameKind.Finish);
        yield return new(FrameKind.Done);
    }

    public override void Write(Frame frame, IBufferWriter<byte> to)
    {
        switch (frame.Kind)
        {
            case FrameKind.Text:
                to.Write(BeforeText);
                to.Write(answer.TextPiece(frame.Index));
                to.Write(AfterText);
                break;
            case FrameKind.Ping:
                to.Write(PingEvent);
                break;
            case FrameKind.Done:
                to.Write(DoneEvent);
                break;
            default:
                WriteText(Event(frame), to);
                break;
        }
    }

    public override void WriteHuge(int size, IBufferWriter<byte> to) => WriteHuge(BeforeText, size, AfterText, to);

    public override void WriteMalformed(IBufferWriter<byte> to) =>
        to.Write("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\n\n"u8);

    public override void WriteError(string body, IBufferWriter<byte> to) => WriteText($"event: error\ndata: {body}\n\n", to);

    public override void WriteSign(IBufferWriter<byte> to) => to.Write(PingEvent);

    public override bool TellsUsage(Frame frame) => frame.Kind == FrameKind.Finish;

    public override bool TellsPart(Frame frame) => frame.Kind == FrameKind.Open;

    private string Event(Frame frame)
    {
        var block = frame.Call + TextBlocks;
        var (name, fields) = frame.Kind switch
        {
            FrameKind.Open => ("message_start",
                $$"""
                "message":{"id":"msg_{{answer.Id}}","type":"message","role":"assistant","model":"{{answer.Model}}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{AnthropicWire.Usage(answer.Usage, FirstOutput)}}}
                """),
            FrameKind.TextStart => ("content_block_start",
                """
                "index":0,"content_block":{"type":"text","text":""}
                """),
            FrameKind.TextStop => ("content_block_stop", "\"index\":0"),
            FrameKind.ToolStart => ("content_block_start",
                $$$"""
                "index":{{{block}}},"content_block":{"type":"tool_use","id":"toolu_{{{answer.Calls[frame.Call].Id}}}","name":"{{{answer.Calls[frame.Call].Name}}}","input":{}}
                """),
            FrameKind.ToolArguments => ("content_block_delta",
                $$"""
                "index":{{block}},"delta":{"type":"input_json_delta","partial_json":"{{answer.Calls[frame.Call].Pieces[frame.Index]}}"}
                """),
            FrameKind.ToolStop => ("content_block_stop", $"\"index\":{block}"),
            FrameKind.Finish => ("message_delta",
                $$$"""
                "delta":{{{{AnthropicWire.Stop(answer)}}}},"usage":{"output_tokens":{{{answer.Usage.Output}}}}
                """),
            _ => throw new InvalidOperationException($"An event of kind {frame.Kind} does not occur on this wire."),
        };
        return $"event: {name}\ndata: {{\"type\":\"{name}\",{fields}}}\n\n";
    }
}
