namespace Serving.Endpoints.Metrics;

/// <summary>Measures the chunks of one stream. Without a listener it reads no clock. A local of one reader.</summary>
internal struct ChunkClock(ServingMetrics metrics, KeyValuePair<string, object?>[] tags, long requestStarted, TimeProvider time)
{
    private readonly bool _isOn = metrics.ChunkInterval.Enabled || metrics.TimeToFirstChunk.Enabled;
    private bool _hasPiece;
    private int _chunks;
    private long _now;
    private long _last;

    /// <summary>Tells that the chain has given something.</summary>
    /// <param name="isPiece">Whether it is a piece of the answer, and no event.</param>
    public void Comes(bool isPiece)
    {
        if (!_isOn)
            return;
        _now = time.GetTimestamp();
        if (!isPiece || _hasPiece)
            return;
        _hasPiece = true;
        metrics.TimeToFirstChunk.Record(time.GetElapsedTime(requestStarted, _now).TotalSeconds, tags);
    }

    /// <summary>Tells how many chunks have been sent; what came may have been none.</summary>
    public void Sent(int chunks)
    {
        if (chunks == _chunks)
            return;
        if (_isOn && _chunks > 0)
            metrics.ChunkInterval.Record(time.GetElapsedTime(_last, _now).TotalSeconds, tags);
        _chunks = chunks;
        _last = _now;
    }

    /// <summary>Tells that the stream has ended.</summary>
    /// <param name="wasStream">Whether it was answered as a stream at all, and not with an error's status.</param>
    public readonly void End(bool wasStream)
    {
        metrics.StreamEnded();
        if (wasStream)
            metrics.StreamChunks.Record(_chunks, tags);
    }
}
