using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;

namespace Serving.LoadTests.Client;

/// <summary>Texts whose pieces carry their numbers, as the simulator says them: <c>t0</c>, <c> t1</c>, <c> t2</c>.</summary>
public static class NumberedText
{
    private static readonly ConcurrentDictionary<int, byte[]> Texts = new();

    /// <summary>The whole text of so many pieces, in UTF-8. It contains nothing that JSON escapes.</summary>
    public static ReadOnlySpan<byte> Of(int pieces) =>
        Texts.GetOrAdd(pieces, static count => Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, count).Select(number => $"t{number}"))));

    /// <summary>The number of the piece that a text begins with, and how many bytes that piece has.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out int number, out int length)
    {
        var start = text.StartsWith(" "u8) ? 1 : 0;
        if (text.Length > start && text[start] == 't' && Utf8Parser.TryParse(text[(start + 1)..], out number, out var digits) && number >= 0)
        {
            length = start + 1 + digits;
            return true;
        }

        (number, length) = (0, 0);
        return false;
    }
}
