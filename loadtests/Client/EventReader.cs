namespace Serving.LoadTests.Client;

/// <summary>Cuts the bytes of a stream into server-sent events, wherever the parts it is given end.</summary>
internal sealed class EventReader
{
    private byte[] _buffer = new byte[512];
    private int _start;
    private int _end;

    /// <summary>The name of the event; empty if it has none.</summary>
    public ReadOnlyMemory<byte> Name { get; private set; }

    /// <summary>The data of the event. Of several lines only the last, which no wire here has.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>Whether bytes are left that belong to no whole event.</summary>
    public bool HasRest => _end > _start;

    public void Reset() => _start = _end = 0;

    public void Add(ReadOnlySpan<byte> part)
    {
        if (_end + part.Length > _buffer.Length)
        {
            var used = _end - _start;
            var target = used + part.Length > _buffer.Length ? new byte[Math.Max(_buffer.Length * 2, used + part.Length)] : _buffer;
            _buffer.AsSpan(_start, used).CopyTo(target);
            (_buffer, _start, _end) = (target, 0, used);
        }

        part.CopyTo(_buffer.AsSpan(_end));
        _end += part.Length;
    }

    /// <summary>Goes to the next whole event; false if more has to be added first. Comments are no events.</summary>
    public bool TryRead()
    {
        Name = Data = default;
        var hasFields = false;
        for (var at = _start; at < _end;)
        {
            var length = _buffer.AsSpan(at, _end - at).IndexOf((byte)'\n');
            if (length < 0)
                return false;
            var (first, next) = (at, at + length + 1);
            if (length > 0 && _buffer[at + length - 1] == '\r')
                length--;
            at = next;
            if (length == 0)
            {
                _start = next;
                if (hasFields)
                    return true;
                continue;
            }

            var line = _buffer.AsSpan(first, length);
            var isName = line.StartsWith("event:"u8);
            if (!isName && !line.StartsWith("data:"u8))
                continue;
            hasFields = true;
            var skip = isName ? 6 : 5;
            skip += length > skip && line[skip] == ' ' ? 1 : 0;
            var value = _buffer.AsMemory(first + skip, length - skip);
            if (isName)
                Name = value;
            else
                Data = value;
        }

        return false;
    }
}
