using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;
using Serving.Simulator.Wires;

namespace Serving.Simulator.Exchanges;

/// <summary>One request on its way: what is sent, what goes wrong, and what the ledger learns of it.</summary>
internal sealed class Exchange(HttpContext context, Wire wire, Ledger ledger, Entry entry, TimeProvider time, CancellationToken left)
{
    private const string Page = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>\n";

    private bool _isCut;

    public HttpContext Context => context;

    public Wire Wire => wire;

    /// <summary>The fault that has been chosen; null if all goes well.</summary>
    public Fault? Fault { get; set; }

    /// <summary>A key of <see cref="Tally.Outcomes"/>.</summary>
    public string Outcome { get; private set; } = "ok";

    public StreamEnd End { get; set; }

    public Task DelayAsync(TimeSpan delay) => delay > TimeSpan.Zero ? Task.Delay(delay, time, left) : Task.CompletedTask;

    /// <summary>Notes that from here on nothing of use is sent.</summary>
    public void Hangs() => ledger.HangBegun(entry);

    /// <summary>Holds until the client leaves or the simulator stops.</summary>
    public async Task HangAsync()
    {
        Hangs();
        await Task.Delay(Timeout.InfiniteTimeSpan, time, left);
    }

    public Task RejectAsync(ProviderError error)
    {
        Outcome = "rejected";
        return SendAsync(error.Status, error.Body);
    }

    /// <summary>A whole JSON answer.</summary>
    public Task SendAsync(int status, string body) => SendAsync(status, "application/json", Encoding.UTF8.GetBytes(body));

    /// <summary>The headers of an answer; what follows is its body.</summary>
    public void Begin(int status, string contentType, long? length = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = length;
        ledger.Answered(entry, status);
    }

    public void StreamBegun() => ledger.StreamBegun(entry);

    public void Told(TokenCounts usage) => ledger.Told(entry, wire.Told(usage));

    public void ToldPart(TokenCounts usage) => ledger.ToldPart(entry, usage);

    /// <summary>Returns when what was written is in the hands of the client's system.</summary>
    /// <exception cref="OperationCanceledException">The client has left or the simulator stops.</exception>
    public async ValueTask FlushAsync()
    {
        left.ThrowIfCancellationRequested();
        // Without a token: what the client has read before it left was written, and is counted.
        var result = await context.Response.BodyWriter.FlushAsync(CancellationToken.None);
        if (result.IsCompleted || result.IsCanceled)
            throw new OperationCanceledException("The client has left.");
    }

    public async Task SendAsync(int status, string contentType, ReadOnlyMemory<byte> body)
    {
        Begin(status, contentType, body.Length);
        await context.Response.StartAsync(CancellationToken.None);
        context.Response.BodyWriter.Write(body.Span);
        await FlushAsync();
    }

    /// <summary>Resets the connection.</summary>
    public void Reset() => context.Abort();

    /// <summary>Closes the sending side of the connection where the answer stands, and waits for the client to close the other.</summary>
    public async Task CutAsync()
    {
        _isCut = true;
        context.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(SocketShutdown.Send);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, left);
    }

    /// <summary>Does what a fault before the answer's body does; whether it was one.</summary>
    public async Task<bool> FailsEarlyAsync(string contentType)
    {
        if (Fault is not { } fault)
            return false;
        Outcome = fault.Name;
        switch (fault)
        {
            case { Kind: FaultKind.Status }:
                await SendStatusAsync(fault);
                return true;
            case { Kind: FaultKind.Hang }:
                await HangAsync();
                return true;
            case { Kind: FaultKind.Html }:
                await SendAsync(StatusCodes.Status200OK, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(Page));
                return true;
            case { Kind: FaultKind.Empty }:
                await SendAsync(StatusCodes.Status200OK, contentType, ReadOnlyMemory<byte>.Empty);
                return true;
            case { Kind: FaultKind.Reset, At: FaultPoint.Start }:
                Reset();
                return true;
            case { Kind: FaultKind.Cut, At: FaultPoint.Start }:
                await CutAsync();
                return true;
            default:
                return false;
        }
    }

    /// <summary>The client has left, or the simulator stops.</summary>
    public void Leave(bool isStopping)
    {
        End = isStopping || _isCut ? StreamEnd.Broken : StreamEnd.Aborted;
        if (Fault is null)
            Outcome = isStopping ? "stopped" : "aborted";
    }

    public void Close() => ledger.End(entry, Outcome, End);

    private Task SendStatusAsync(Fault fault)
    {
        var error = wire.Error(fault.Case);
        if (fault.Retry is { } retry)
            wire.WriteRetry(context.Response.Headers, retry, time.GetUtcNow());
        return SendAsync(fault.Status ?? error.Status, error.Body);
    }
}
