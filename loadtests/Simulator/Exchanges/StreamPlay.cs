using System.Buffers;
using Serving.Simulator.Answers;
using Serving.Simulator.Faults;
using Serving.Simulator.Wires;

namespace Serving.Simulator.Exchanges;

/// <summary>Sends an answer as a stream, each event in a write of its own, with the fault in its place.</summary>
internal sealed class StreamPlay(Exchange exchange, Answer answer, TimeSpan delay)
{
    public const string ContentType = "text/event-stream; charset=utf-8";

    private readonly StreamForm _form = exchange.Wire.Stream(answer);
    private readonly System.IO.Pipelines.PipeWriter _writer = exchange.Context.Response.BodyWriter;
    private readonly Fault? _fault = exchange.Fault;
    private bool _isPending = exchange.Fault is { } fault && FaultTable.HasPoint(fault.Kind);
    private int _texts;
    private int _argumentsOfFirstCall;

    public async Task RunAsync()
    {
        exchange.Begin(StatusCodes.Status200OK, ContentType);
        exchange.StreamBegun();
        foreach (var frame in _form.Frames())
        {
            if (_isPending && IsHere(frame) && await FailAsync())
                return;
            await SendAsync(frame);
            Count(frame);
        }

        if (_isPending && await FailAsync())
            return;
        exchange.End = Ledgers.StreamEnd.Finished;
    }

    private async Task SendAsync(Frame frame)
    {
        if (frame.Kind == FrameKind.Done && _fault?.Kind == FaultKind.DoneMissing)
            return;
        if (frame.IsPaced)
            await exchange.DelayAsync(delay);
        if (_fault is { Kind: FaultKind.Huge } huge && frame.Kind == FrameKind.Text && frame.Index == Math.Min(huge.After, answer.TextPieces - 1))
            _form.WriteHuge(huge.Size, _writer);
        else
            _form.Write(frame, _writer);
        await exchange.FlushAsync();
        if (_form.TellsUsage(frame))
            exchange.Told(answer.Usage);
        else if (_form.TellsPart(frame))
            exchange.ToldPart(answer.Usage with { Output = AnthropicForm.FirstOutput, Reasoning = 0 });
        if (frame.Kind == FrameKind.Done && _fault?.Kind == FaultKind.DoneTwice)
        {
            _form.Write(frame, _writer);
            await exchange.FlushAsync();
        }
    }

    private void Count(Frame frame)
    {
        _texts += frame.Kind == FrameKind.Text ? 1 : 0;
        _argumentsOfFirstCall += frame is { Kind: FrameKind.ToolArguments, Call: 0 } ? 1 : 0;
    }

    /// <summary>Whether the fault's place is before this event.</summary>
    private bool IsHere(Frame frame) => _fault!.At switch // pending means there is one
    {
        FaultPoint.Start => true,
        FaultPoint.Text => (frame.Kind == FrameKind.Text && _texts >= _fault.After)
            || (frame.Kind is FrameKind.TextStop or FrameKind.ToolStart or FrameKind.ToolArguments or FrameKind.Finish),
        _ => _argumentsOfFirstCall > 0 && (frame.Kind is FrameKind.ToolStart or FrameKind.Finish || frame is { Kind: FrameKind.ToolArguments, Call: 1 }),
    };

    /// <summary>Whether the stream is over.</summary>
    private async Task<bool> FailAsync()
    {
        _isPending = false;
        switch (_fault!.Kind) // pending means there is one
        {
            case FaultKind.Stall:
                await exchange.FlushAsync();
                await exchange.HangAsync();
                return true;
            case FaultKind.Reset:
                exchange.Reset();
                return true;
            case FaultKind.Cut:
                await exchange.CutAsync();
                return true;
            case FaultKind.Truncated:
                await exchange.FlushAsync();
                return true;
            case FaultKind.Error:
                _form.WriteError(exchange.Wire.Error(_fault.Case).Body, _writer);
                await exchange.FlushAsync();
                return true;
            case FaultKind.Comments:
                await SignalAsync(_fault.Delay);
                return true;
            default:
                _form.WriteMalformed(_writer);
                await exchange.FlushAsync();
                return false;
        }
    }

    private async Task SignalAsync(TimeSpan interval)
    {
        exchange.Hangs();
        while (true)
        {
            _form.WriteSign(_writer);
            await exchange.FlushAsync();
            await exchange.DelayAsync(interval);
        }
    }
}
