using System.Text;

namespace Serving.Simulator.Answers;

/// <summary>The words of which answers consist: <c>t0 t1 t2</c>, each with its number, so that losses and disorder show.</summary>
internal static class Piece
{
    private const int Prepared = 4096;
    private static readonly byte[][] Utf8Words = [.. Enumerable.Range(0, Prepared).Select(index => Encoding.UTF8.GetBytes(Of(index)))];

    public static string Of(int index) => index == 0 ? "t0" : $" t{index}";

    public static ReadOnlySpan<byte> Utf8(int index) => index < Prepared ? Utf8Words[index] : Encoding.UTF8.GetBytes(Of(index));

    public static string Text(int count) => string.Concat(Enumerable.Range(0, count).Select(Of));
}
