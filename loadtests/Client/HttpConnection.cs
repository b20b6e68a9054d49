using System.Buffers;
using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Serving.LoadTests.Client;

/// <summary>
/// A connection that speaks as much of HTTP/1.1 as a load needs, one request after the other. By itself, because a generator that shares its machine with what it
/// measures has to be cheap, and because it has to see where exactly an answer breaks off.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int SmallestBuffer = 4096;
    private const int LargestHead = 64 * 1024;

    private readonly Stream _stream;
    private readonly Socket _socket;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallestBuffer);
    private int _start;
    private int _end;
    private AnswerHead _head;
    private long _left;
    private bool _isFirstChunk;
    private bool _isOver = true;

    private HttpConnection(Socket socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    /// <summary>Bytes received since the last request was sent.</summary>
    public long Received { get; private set; }

    /// <summary>Whether the answer is over and the next request may follow.</summary>
    public bool IsReusable => _isOver && !_head.Closes && _start == _end;

    /// <summary>Reads the events of a stream; the connection's own, so that it is made once.</summary>
    public EventReader Events { get; } = new();

    public static async Task<HttpConnection> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.IdnHost, address.Port, cancellationToken);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (address.Scheme == Uri.UriSchemeHttps)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, cancellationToken);
            }

            return new HttpConnection(socket, stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        Received = 0;
        _isOver = false;
        await _stream.WriteAsync(request, cancellationToken);
    }

    /// <summary>Reads up to the body.</summary>
    /// <exception cref="BrokenAnswerException">The connection ended first, or this is no HTTP.</exception>
    public async ValueTask<AnswerHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (length >= 0)
            {
                _head = Parse(_buffer.AsSpan(_start, length + 2));
                _start += length + 4;
                if (_head.Status / 100 == 1)
                    continue;
                _left = _head.Length ?? 0;
                _isFirstChunk = true;
                _isOver = !_head.IsChunked && _head.Length == 0;
                return _head;
            }

            if (_end - _start > LargestHead || !await FillAsync(cancellationToken))
                throw new BrokenAnswerException(_end == _start ? "closed before an answer" : "closed within the head of an answer");
        }
    }

    /// <summary>Gives the next bytes of the body, valid until the next call; none at its end.</summary>
    /// <exception cref="BrokenAnswerException">The connection ended first, or the chunks are none.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (!_isOver)
        {
            if (_left == 0 && _head.IsChunked)
            {
                if (!TryReadChunk())
                    await FillOrBreakAsync(cancellationToken);
                continue;
            }

            if (_start == _end && !await FillAsync(cancellationToken))
            {
                // Only an answer without a length ends with its connection.
                if (!_head.IsChunked && _head.Length is null)
                    break;
                throw new BrokenAnswerException("closed within an answer");
            }

            var isBounded = _head.IsChunked || _head.Length is not null;
            var count = isBounded ? (int)Math.Min(_left, _end - _start) : _end - _start;
            var part = _buffer.AsMemory(_start, count);
            _start += count;
            _left -= isBounded ? count : 0;
            _isOver = isBounded && !_head.IsChunked && _left == 0;
            return part;
        }

        _isOver = true;
        return default;
    }

    /// <summary>Closes it; the peer is told at once, by a reset if an answer is still under way.</summary>
    public void Dispose()
    {
        if (!_isOver)
            _socket.LingerState = new LingerOption(true, 0);
        _stream.Dispose();
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));
    }

    /// <summary>Reads the line before a chunk's bytes, or what is behind the last one.</summary>
    /// <returns>False if more has to be received first.</returns>
    private bool TryReadChunk()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        // The line end of the chunk before belongs to it.
        var skipped = _isFirstChunk ? 0 : 2;
        if (rest.Length < skipped)
            return false;
        if (!_isFirstChunk && !rest.StartsWith("\r\n"u8))
            throw new BrokenAnswerException("a chunk that is longer than it says");
        var end = rest[skipped..].IndexOf("\r\n"u8);
        if (end < 0)
            return false;
        if (!Utf8Parser.TryParse(rest.Slice(skipped, end), out long length, out var digits, 'x') || digits == 0 || length < 0)
            throw new BrokenAnswerException("a chunk without a length");
        var used = skipped + end + 2;
        if (length == 0)
        {
            if (rest.Length < used + 2)
                return false;
            if (!rest[used..].StartsWith("\r\n"u8))
                throw new BrokenAnswerException("trailers, which are not expected");
            used += 2;
            _isOver = true;
        }

        _start += used;
        _left = length;
        _isFirstChunk = false;
        return true;
    }

    private async ValueTask FillOrBreakAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(cancellationToken))
            throw new BrokenAnswerException("closed within an answer");
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
            _start = _end = 0;
        if (_end == _buffer.Length)
            MakeRoom();
        int count;
        try
        {
            count = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BrokenAnswerException(Received == 0 ? "reset before an answer" : "reset within an answer");
        }

        _end += count;
        Received += count;
        return count > 0;
    }

    private void MakeRoom()
    {
        var used = _end - _start;
        var target = used > _buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(_buffer.Length * 2) : _buffer;
        _buffer.AsSpan(_start, used).CopyTo(target);
        if (target != _buffer)
            ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, target));
        (_start, _end) = (0, used);
    }

    private static AnswerHead Parse(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1."u8) || head.Length < 14 || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out var digits) || digits != 3)
            throw new BrokenAnswerException("an answer that is no HTTP");
        long? length = status is 204 or 304 ? 0 : null;
        var (isChunked, closes, hasRetryAfter) = (false, head[7] == '0', false);
        for (var rest = head[(head.IndexOf("\r\n"u8) + 2)..]; rest.Length > 0;)
        {
            var end = rest.IndexOf("\r\n"u8);
            var line = rest[..end];
            rest = rest[(end + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon < 0)
                continue;
            var name = line[..colon];
            var value = line[(colon + 1)..].Trim((byte)' ');
            if (Ascii.EqualsIgnoreCase(name, "content-length"u8) && Utf8Parser.TryParse(value, out long number, out _))
                length = number;
            else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
                isChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
            else if (Ascii.EqualsIgnoreCase(name, "connection"u8))
                closes = Ascii.EqualsIgnoreCase(value, "close"u8);
            else if (Ascii.EqualsIgnoreCase(name, "retry-after"u8))
                hasRetryAfter = true;
        }

        return new AnswerHead(status, isChunked ? null : length, isChunked, closes || (!isChunked && length is null), hasRetryAfter);
    }
}
