using System.Buffers;
using System.Text;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;

namespace Serving.Simulator.Exchanges;

/// <summary>Sends an answer as one JSON document, with the fault in its place.</summary>
/// <param name="exchange">The request.</param>
/// <param name="body">The document.</param>
/// <param name="usage">What it tells of tokens.</param>
/// <param name="growsAt">Where a huge document has its filling: inside a string.</param>
internal sealed class WholePlay(Exchange exchange, string body, TokenCounts usage, int growsAt)
{
    public const string ContentType = "application/json";

    public async Task RunAsync()
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        switch (exchange.Fault)
        {
            case { Kind: FaultKind.Stall } fault:
                await SendPartAsync(bytes, fault);
                await exchange.HangAsync();
                break;
            case { Kind: FaultKind.Reset } fault:
                await SendPartAsync(bytes, fault);
                exchange.Reset();
                break;
            case { Kind: FaultKind.Cut } fault:
                await SendPartAsync(bytes, fault);
                await exchange.CutAsync();
                break;
            case { Kind: FaultKind.Truncated } fault:
                await exchange.SendAsync(StatusCodes.Status200OK, ContentType, bytes.AsMemory(0, Part(bytes, fault)));
                break;
            case { Kind: FaultKind.Malformed }:
                await exchange.SendAsync(StatusCodes.Status200OK, "{" + body);
                break;
            case { Kind: FaultKind.Error } fault:
                await exchange.SendAsync(StatusCodes.Status200OK, exchange.Wire.Error(fault.Case).Body);
                break;
            case { Kind: FaultKind.Comments } fault:
                await SignalAsync(fault);
                break;
            case { Kind: FaultKind.Huge } fault:
                await exchange.SendAsync(StatusCodes.Status200OK, ContentType, Grown(fault.Size));
                Finish();
                break;
            default:
                await exchange.SendAsync(StatusCodes.Status200OK, ContentType, bytes);
                Finish();
                break;
        }
    }

    private static int Part(byte[] bytes, Fault fault) => fault.At == FaultPoint.Start ? 0 : bytes.Length / 2;

    private void Finish()
    {
        exchange.Told(usage);
        exchange.End = StreamEnd.Finished;
    }

    private async Task SendPartAsync(byte[] bytes, Fault fault)
    {
        exchange.Begin(StatusCodes.Status200OK, ContentType, bytes.Length);
        await exchange.Context.Response.StartAsync(CancellationToken.None);
        exchange.Context.Response.BodyWriter.Write(bytes.AsSpan(0, Part(bytes, fault)));
        await exchange.FlushAsync();
    }

    private async Task SignalAsync(Fault fault)
    {
        exchange.Begin(StatusCodes.Status200OK, ContentType);
        exchange.Hangs();
        while (true)
        {
            exchange.Context.Response.BodyWriter.Write("\n"u8);
            await exchange.FlushAsync();
            await exchange.DelayAsync(fault.Delay);
        }
    }

    private byte[] Grown(int size)
    {
        var before = Encoding.UTF8.GetBytes(body[..growsAt]);
        var after = Encoding.UTF8.GetBytes(body[growsAt..]);
        var grown = new byte[before.Length + size + after.Length];
        before.CopyTo(grown, 0);
        grown.AsSpan(before.Length, size).Fill((byte)'x');
        after.CopyTo(grown, before.Length + size);
        return grown;
    }
}
