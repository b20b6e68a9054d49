using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Serving.Endpoints.Config;

/// <summary>
/// Configs in a path: JSON, packed by LZString's <c>compressToEncodedURIComponent</c> (pieroxy.net/blog/pages/lz-string): LZW over UTF-16 units with
/// codes that widen as the dictionary grows, six bits to a character.
/// </summary>
public static class ConfigHash
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$";
    private const int BitsPerCharacter = 6;
    private const int NewByte = 0, NewChar = 1, End = 2, FirstEntry = 3;

    /// <summary>The longest config a hash may unpack to, in characters.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Packs a text.</summary>
    public static string Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bits = new BitWriter();
        var entries = new Dictionary<string, int>(StringComparer.Ordinal);
        var unsent = new HashSet<string>(StringComparer.Ordinal);
        int width = 2, left = 2, next = FirstEntry;
        var word = "";
        foreach (var unit in text)
        {
            var single = unit.ToString();
            if (entries.TryAdd(single, next))
            {
                next++;
                unsent.Add(single);
            }

            if (entries.ContainsKey(word + single))
            {
                word += single;
                continue;
            }

            Send(word);
            entries[word + single] = next++;
            word = single;
        }

        if (word.Length > 0)
            Send(word);
        bits.Write(End, width);
        return bits.Finish();

        void Send(string entry)
        {
            if (unsent.Remove(entry))
            {
                var isByte = entry[0] < 256;
                bits.Write(isByte ? NewByte : NewChar, width);
                bits.Write(entry[0], isByte ? 8 : 16);
                Widen();
            }
            else
            {
                bits.Write(entries[entry], width);
            }

            Widen();
        }

        void Widen()
        {
            if (--left == 0)
                left = 1 << width++;
        }
    }

    /// <summary>Unpacks a text; false if it was not packed so, or unpacks to more than <see cref="MaxLength"/>.</summary>
    public static bool TryDecode(string hash, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (string.IsNullOrEmpty(hash))
            return false;
        var bits = new BitReader(hash);
        var entries = new List<string> { "", "", "" };
        int width = 3, left = 4;
        var first = bits.Read(2);
        if (first is not (NewByte or NewChar))
            return false;
        if (bits.Read(first == NewByte ? 8 : 16) is not { } unit)
            return false;
        var previous = ((char)unit).ToString();
        entries.Add(previous);
        var result = new StringBuilder(previous);
        while (true)
        {
            if (bits.Read(width) is not { } code)
                return false;
            if (code == End)
            {
                text = result.ToString();
                return true;
            }

            if (code is NewByte or NewChar)
            {
                if (bits.Read(code == NewByte ? 8 : 16) is not { } added)
                    return false;
                entries.Add(((char)added).ToString());
                code = entries.Count - 1;
                Widen();
            }

            string entry;
            if (code < entries.Count)
                entry = entries[code];
            else if (code == entries.Count)
                entry = previous + previous[0];
            else
                return false;
            if (entry.Length == 0 || result.Length + entry.Length > MaxLength)
                return false;
            result.Append(entry);
            entries.Add(previous + entry[0]);
            Widen();
            previous = entry;
        }

        void Widen()
        {
            if (--left == 0)
                left = 1 << width++;
        }
    }

    /// <summary>Values are written lowest bit first, characters filled highest bit first.</summary>
    private sealed class BitWriter
    {
        private readonly StringBuilder _text = new();
        private int _value, _position;

        public void Write(int value, int count)
        {
            for (var i = 0; i < count; i++, value >>= 1)
            {
                _value = (_value << 1) | (value & 1);
                if (++_position < BitsPerCharacter)
                    continue;
                _text.Append(Alphabet[_value]);
                _value = _position = 0;
            }
        }

        public string Finish()
        {
            do
                Write(0, 1);
            while (_position != 0);
            return _text.ToString();
        }
    }

    private sealed class BitReader(string text)
    {
        private int _index = -1, _value, _position;

        public int? Read(int count)
        {
            var value = 0;
            for (var i = 0; i < count; i++)
            {
                if (_position == 0)
                {
                    if (++_index >= text.Length || (_value = Alphabet.IndexOf(text[_index] == ' ' ? '+' : text[_index], StringComparison.Ordinal)) is < 0 or > 63)
                        return null;
                    _position = 1 << (BitsPerCharacter - 1);
                }

                if ((_value & _position) != 0)
                    value |= 1 << i;
                _position >>= 1;
            }

            return value;
        }
    }
}
