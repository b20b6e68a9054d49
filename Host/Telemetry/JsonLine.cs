using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Serving.Host.Telemetry;

/// <summary>
/// One JSON object on a line, written into a buffer that is used again. Field names are given as they stand in JSON, with quotes and colon. A <c>Utf8JsonWriter</c> takes two thirds
/// more time, and every request would pay for it. Not thread-safe.
/// </summary>
internal sealed class JsonLine
{
    private const int LargestKept = 64 * 1024;
    private const int MostOfValue = 64; // of one that is no text
    private const int MostOfLetter = 3;
    private const int MostOfEscaped = 6; // of a byte

    private byte[] _bytes = new byte[2048];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Begin()
    {
        if (_bytes.Length > LargestKept)
            _bytes = new byte[2048];
        _bytes[0] = (byte)'{';
        _length = 1;
    }

    public void End()
    {
        Room(2);
        Put("}\n"u8);
    }

    public void Add(ReadOnlySpan<byte> name, string text)
    {
        Name(name, text.Length * MostOfLetter);
        _bytes[_length++] = (byte)'"';
        Utf8.FromUtf16(text, _bytes.AsSpan(_length), out _, out var count);
        if (JavaScriptEncoder.UnsafeRelaxedJsonEscaping.FindFirstCharacterToEncodeUtf8(_bytes.AsSpan(_length, count)) < 0)
            _length += count;
        else
            Escape(_bytes.AsSpan(_length, count).ToArray());
        _bytes[_length++] = (byte)'"';
    }

    public void Add(ReadOnlySpan<byte> name, long number)
    {
        Name(name, MostOfValue);
        Put(number);
    }

    public void Add(ReadOnlySpan<byte> name, double number)
    {
        Name(name, MostOfValue);
        Put(number);
    }

    public void Add(ReadOnlySpan<byte> name, bool truth)
    {
        Name(name, MostOfValue);
        Put(truth ? "true"u8 : "false"u8);
    }

    public void Add(ReadOnlySpan<byte> name, Guid id) => Quoted(name, id, default);

    public void Add(ReadOnlySpan<byte> name, DateTime time) => Quoted(name, time, "O");

    private void Quoted<T>(ReadOnlySpan<byte> name, T value, ReadOnlySpan<char> format)
        where T : struct, IUtf8SpanFormattable
    {
        Name(name, MostOfValue);
        _bytes[_length++] = (byte)'"';
        Put(value, format);
        _bytes[_length++] = (byte)'"';
    }

    private void Name(ReadOnlySpan<byte> name, int value)
    {
        Room(name.Length + value + 3); // a comma and quotes
        if (_length > 1)
            _bytes[_length++] = (byte)',';
        Put(name);
    }

    private void Escape(ReadOnlySpan<byte> text)
    {
        Room((text.Length * MostOfEscaped) + 1);
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(text, _bytes.AsSpan(_length), out _, out var count);
        _length += count;
    }

    private void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
    }

    private void Put<T>(T value, ReadOnlySpan<char> format = default)
        where T : struct, IUtf8SpanFormattable
    {
        value.TryFormat(_bytes.AsSpan(_length), out var count, format, CultureInfo.InvariantCulture);
        _length += count;
    }

    private void Room(int count)
    {
        if (_bytes.Length - _length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
    }
}
