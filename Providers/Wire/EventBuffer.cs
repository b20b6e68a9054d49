using System.Buffers;
using System.Text;

namespace Serving.Providers.Wire;

/// <summary>
/// Takes server-sent events out of bytes as they come. Lines end with CR, LF or both; comments, <c>id</c> and <c>retry</c> are passed over; what is not whole
/// at the end is no event. All events of a read are taken without a wait, and data of one line are not copied. Used by one reader.
/// </summary>
/// <remarks>The platform's parser is two more waits on a token's way, and some 130 to 150 B for each read that waits.</remarks>
internal sealed class EventBuffer : IDisposable
{
    private const string Message = "message";

    private const byte CarriageReturn = (byte)'\r', LineFeed = (byte)'\n';

    private const int None = -1;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1024);
    private int _line;
    private int _searched;
    private int _end;
    private int _data = None;
    private int _dataEnd;
    private string? _type;
    private string? _lastType;
    private bool _hasBegun;
    private bool _isAfterReturn;

    /// <summary>The type of the event that was taken last.</summary>
    public string Type { get; private set; } = Message;

    /// <summary>Where to write what comes next; never empty.</summary>
    public Memory<byte> Room()
    {
        var kept = _data == None ? _line : _data;
        if (kept == _end)
        {
            Move(kept);
        }
        else if (_end == _bytes.Length)
        {
            var full = _bytes;
            if (kept < full.Length / 2)
                _bytes = ArrayPool<byte>.Shared.Rent(2 * full.Length);
            full.AsSpan(kept.._end).CopyTo(_bytes);
            Move(kept);
            if (full != _bytes)
                ArrayPool<byte>.Shared.Return(full);
        }

        return _bytes.AsMemory(_end);
    }

    /// <summary>Says how much was written to <see cref="Room"/>.</summary>
    public void Add(int count) => _end += count;

    /// <summary>Takes the next event if all of it has come. Its data are there until <see cref="Room"/> is called.</summary>
    public bool TryTake(out ReadOnlySpan<byte> data)
    {
        while (TryTakeLine(out var start, out var end))
        {
            if (start < end)
            {
                ReadField(start, end);
                continue;
            }

            Type = string.IsNullOrEmpty(_type) ? Message : _type;
            _type = null;
            if (_data == None)
                continue;
            data = _bytes.AsSpan(_data.._dataEnd);
            _data = None;
            return true;
        }

        data = default;
        return false;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private bool TryTakeLine(out int start, out int end)
    {
        if (_isAfterReturn && _searched < _end)
        {
            _isAfterReturn = false;
            if (_bytes[_searched] == LineFeed)
                _line = ++_searched;
        }

        start = _line;
        end = _bytes.AsSpan(_searched.._end).IndexOfAny(CarriageReturn, LineFeed) + _searched;
        if (end < _searched)
        {
            _searched = _end;
            return false;
        }

        _isAfterReturn = _bytes[end] == CarriageReturn;
        _line = _searched = end + 1;
        if (!_hasBegun && _bytes.AsSpan(start..end).StartsWith("\uFEFF"u8))
            start += 3;
        _hasBegun = true;
        return true;
    }

    private void ReadField(int start, int end)
    {
        var line = _bytes.AsSpan(start..end);
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? end : start + colon + 1;
        if (value < end && _bytes[value] == ' ')
            value++;
        if (name.SequenceEqual("data"u8))
            AddData(value, end);
        else if (name.SequenceEqual("event"u8))
            _type = TypeOf(_bytes.AsSpan(value..end));
    }

    /// <summary>Further lines are moved up to the first: they are no longer than what stood there, so there is room.</summary>
    private void AddData(int start, int end)
    {
        if (_data == None)
        {
            (_data, _dataEnd) = (start, end);
            return;
        }

        _bytes[_dataEnd++] = LineFeed;
        _bytes.AsSpan(start..end).CopyTo(_bytes.AsSpan(_dataEnd));
        _dataEnd += end - start;
    }

    /// <summary>Events of a stream are of few types, and mostly of the one before.</summary>
    private string TypeOf(ReadOnlySpan<byte> value) =>
        _lastType is not null && Ascii.Equals(value, _lastType) ? _lastType : _lastType = Encoding.UTF8.GetString(value);

    private void Move(int by)
    {
        _line -= by;
        _searched -= by;
        _end -= by;
        if (_data == None)
            return;
        _data -= by;
        _dataEnd -= by;
    }
}
