using System.Buffers;

namespace Serving.LoadTests.Client;

/// <summary>A request under way: reads its answer, and notes what there is to say about it.</summary>
internal sealed class Exchange(LoadRequest request, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private Outcome _outcome = Outcome.Transport;
    private string? _detail;
    private IReadOnlyList<int> _failures = [];
    private List<TimeSpan>? _gaps;
    private TimeSpan? _firstPiece;
    private long _lastPiece;
    private PieceOrder _order;
    private int _pieces;

    public LoadRequest Request => request;

    public AnswerHead? Head { get; set; }

    public bool HasHead => Head is not null;

    public bool IsNewConnection { get; set; }

    public bool WasResent { get; set; }

    public void Fail(Outcome outcome, string detail) => (_outcome, _detail) = (outcome, detail);

    public RequestResult ToResult(long bytes) => new()
    {
        Outcome = _outcome,
        Status = Head?.Status ?? 0,
        Failures = _failures,
        Disorder = _order.Disorder,
        Elapsed = time.GetElapsedTime(_started),
        FirstPiece = _firstPiece,
        Gaps = _gaps ?? (IReadOnlyList<TimeSpan>)[],
        Pieces = _pieces,
        Bytes = bytes,
        HasRetryAfter = Head?.HasRetryAfter ?? false,
        IsNewConnection = IsNewConnection,
        WasResent = WasResent,
        Detail = _detail,
    };

    /// <summary>Reads the body, which the head has been read of.</summary>
    public async ValueTask ReadAsync(HttpConnection connection, CancellationToken cancellationToken)
    {
        if (Head is { Status: 200 } && request.Kind == RequestKind.Stream)
            await ReadStreamAsync(connection, cancellationToken);
        else
            await ReadWholeAsync(connection, cancellationToken);
    }

    private async ValueTask ReadWholeAsync(HttpConnection connection, CancellationToken cancellationToken)
    {
        var part = await connection.ReadAsync(cancellationToken);
        ArrayBufferWriter<byte>? gathered = null;
        if (part.Length < Head!.Value.Length || Head.Value.Length is null)
        {
            // Rarely: a small answer comes as one part.
            for (gathered = new ArrayBufferWriter<byte>(); part.Length > 0; part = await connection.ReadAsync(cancellationToken))
                gathered.Write(part.Span);
        }

        var head = Head.Value;
        if (head.Status != 200)
        {
            _outcome = head is { Status: 429 or 503, HasRetryAfter: true } ? Outcome.Refused : Outcome.Error;
            _detail = $"status {head.Status}";
            return;
        }

        _detail = request.Wire.Check(request, gathered is null ? part.Span : gathered.WrittenSpan, out _failures);
        _outcome = _detail is not null ? Outcome.Wrong : _failures.Count > 0 ? Outcome.Error : Outcome.Ok;
    }

    private async ValueTask ReadStreamAsync(HttpConnection connection, CancellationToken cancellationToken)
    {
        var events = connection.Events;
        events.Reset();
        Outcome? ending = null;
        while (await connection.ReadAsync(cancellationToken) is { Length: > 0 } part)
        {
            var now = time.GetTimestamp();
            events.Add(part.Span);
            while (events.TryRead())
            {
                if (ending is not null)
                    Fail(Outcome.Wrong, "an event after the end");
                ending = Take(events, now) ?? ending;
                if (request.LeaveAfter is { } most && _pieces >= most && ending is null)
                {
                    _outcome = _order.Disorder == Disorder.None ? Outcome.Left : Outcome.Disordered;
                    return;
                }
            }
        }

        if (_outcome == Outcome.Wrong)
            return;
        if (ending is null || events.HasRest)
            Fail(Outcome.Truncated, "ended without its last event");
        else
            _outcome = ending == Outcome.Ok && _order.Disorder != Disorder.None ? Outcome.Disordered : ending.Value;
        if (_outcome == Outcome.Disordered)
            _detail = $"pieces {_order.Disorder}";
    }

    /// <summary>Takes an event; how the stream ended if this is its last.</summary>
    private Outcome? Take(EventReader events, long now)
    {
        switch (request.Wire.Read(events.Name.Span, events.Data.Span, out var text, out var status))
        {
            case EventKind.Piece when text.Length > 0:
                TakePiece(text, now);
                return null;
            case EventKind.End:
                if (request.Pieces is { } pieces)
                    _order.End(pieces);
                return Outcome.Ok;
            case EventKind.Error:
                _failures = [status];
                _detail = $"error event of status {status}";
                return Outcome.ErrorEvent;
            default:
                return null;
        }
    }

    private void TakePiece(ReadOnlySpan<byte> text, long now)
    {
        _pieces++;
        if (request.Pieces is not null)
            _order.Take(text);
        if (_firstPiece is null)
            _firstPiece = time.GetElapsedTime(_started, now);
        else
            (_gaps ??= []).Add(time.GetElapsedTime(_lastPiece, now));
        _lastPiece = now;
    }
}
