using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Events;
using Serving.Endpoints.Wire;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;

namespace Serving.Endpoints.Handlers;

internal sealed partial class ChainHandler<TIn, TOut>
{
    private static readonly byte[] EndEvent = "end"u8.ToArray();

    /// <summary><c>POST /stream</c>: one input, the answer in pieces. The status is decided with the first piece.</summary>
    public Task StreamAsync(HttpContext http) => HandleAsync(http, "stream", async request =>
    {
        var (input, config) = await ReadStreamRequestAsync(request);
        await SendAsync(request, _chain.StreamAsync(input, ContextOf(request, config, null, request.Span)), commitWithFirst: true, static (stream, chunk, state) =>
            stream.SendAsync("data"u8, chunk, static (writer, value) => JsonValues.Write(writer, value, RuntimeJson.EventOptions)), 0);
    });

    /// <summary><c>POST /stream_log</c>: the run as operations of JSON Patch.</summary>
    public Task StreamLogAsync(HttpContext http) => HandleAsync(http, "stream_log", async request =>
    {
        var (input, config) = await ReadStreamRequestAsync(request);
        var filter = RunFilter.Read(request.Body);
        await SendObservedAsync(request, input, config, new StreamLogProjection(filter));
    });

    /// <summary><c>POST /stream_events</c>: the events of the run and of all runs below it.</summary>
    public Task StreamEventsAsync(HttpContext http) => HandleAsync(http, "stream_events", async request =>
    {
        var (input, config) = await ReadStreamRequestAsync(request);
        var filter = RunFilter.Read(request.Body);
        await SendObservedAsync(request, input, config, new StreamEventsProjection(_options.StreamEventsVersion, filter, input));
    });

    private async ValueTask<(TIn Input, RunConfig Config)> ReadStreamRequestAsync(ChainRequest request)
    {
        var (json, sent) = RequestEnvelope.Read(request.Body); // :: Step 3
        var config = await _configs.ReadAsync(request.Http, sent, request.Endpoint, RunNameOf(request.Http), request.RunId); // :: Step 4
        request.RunId = config.RunId!.Value;
        return (_inputs.Read(json, config), config); // :: Step 5
    }

    private Task SendObservedAsync(ChainRequest request, TIn input, RunConfig config, IStreamProjection projection)
    {
        var items = new ObservedStream().RunAsync(_chain, input, observer => ContextOf(request, config, observer, request.Span), request.Deadline!.Token);
        return SendAsync(request, items, commitWithFirst: false, static (stream, item, projection) =>
            projection.Accepts(item)
                ? stream.SendAsync("data"u8, (projection, item), static (writer, state) => state.projection.Write(writer, state.item))
                : default, projection);
    }

    /// <summary>
    /// Steps 6 and 7 of all streams. Until the first item comes, a failure is answered with its own status; after that, or once the commit delay has
    /// passed, it is an error event, and the body still ends cleanly.
    /// </summary>
    private async Task SendAsync<TItem, TState>(
        ChainRequest request,
        IAsyncEnumerable<TItem> items,
        bool commitWithFirst,
        Func<SseStream, TItem, TState, ValueTask> send,
        TState state)
    {
        var deadline = request.Deadline!;
        await using var stream = new SseStream(request.Http, Limits, _services.Time);
        stream.StartClock();
        var chunks = request.Metrics.StreamStarted(request.Started, _services.Time);
        await using var moves = new AbandonableStream<TItem>(items, deadline.Token);
        try
        {
            var more = await moves.MoveNextAsync();
            deadline.Extend(Limits.StreamTimeout, "STREAM_TIMEOUT");
            if (commitWithFirst)
                await SendMetadataAsync(stream, request.RunId);
            while (more)
            {
                chunks.Comes(isPiece: moves.Current is not StreamItem { Event: not null });
                await send(stream, moves.Current, state);
                chunks.Sent(stream.Chunks);
                more = await moves.MoveNextAsync();
            }

            await stream.SendAsync(EndEvent);
        }
        catch (Exception error)
        {
            if (stream.ReaderLeft)
                deadline.ClientHasLeft();
            deadline.EndRun(); // it may be the answer that failed, and the chain still at work on it
            await stream.HoldAsync();
            if (!stream.IsCommitted || deadline.ClientLeft)
                throw;
            request.Failure = error;
            request.Error = deadline.Classify(error);
            await stream.SendErrorAsync(request.Error, request.RunId);
        }
        finally
        {
            chunks.End(stream.IsCommitted);
        }
    }

    /// <summary>Leaves with the first piece: a write of its own would be one more before it.</summary>
    private static ValueTask SendMetadataAsync(SseStream stream, Guid runId) => stream.SendAsync(
        "metadata"u8,
        runId,
        static (writer, id) =>
        {
            writer.WriteStartObject();
            writer.WriteString("run_id"u8, id);
            writer.WriteEndObject();
        },
        isHeld: true);
}
