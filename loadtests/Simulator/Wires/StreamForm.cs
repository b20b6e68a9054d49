using System.Buffers;
using System.Text;

namespace Serving.Simulator.Wires;

/// <summary>An answer as the events of a wire. What an answer's events have in common is made once; a piece of text is copied between it.</summary>
internal abstract class StreamForm
{
    private const int Block = 64 * 1024;

    /// <summary>The events in their order.</summary>
    public abstract IEnumerable<Frame> Frames();

    public abstract void Write(Frame frame, IBufferWriter<byte> to);

    /// <summary>A piece of text of so many bytes, as one event of one line.</summary>
    public abstract void WriteHuge(int size, IBufferWriter<byte> to);

    /// <summary>An event that is no JSON.</summary>
    public abstract void WriteMalformed(IBufferWriter<byte> to);

    public abstract void WriteError(string body, IBufferWriter<byte> to);

    /// <summary>A sign of life without content.</summary>
    public virtual void WriteSign(IBufferWriter<byte> to) => to.Write(": keep-alive\n\n"u8);

    /// <summary>Whether this event makes the usage known in full.</summary>
    public abstract bool TellsUsage(Frame frame);

    /// <summary>Whether this event makes known only how the usage begins.</summary>
    public virtual bool TellsPart(Frame frame) => false;

    protected static void WriteText(string text, IBufferWriter<byte> to) => Encoding.UTF8.GetBytes(text, to);

    protected static void WriteHuge(ReadOnlySpan<byte> before, int size, ReadOnlySpan<byte> after, IBufferWriter<byte> to)
    {
        to.Write(before);
        for (var left = size; left > 0;)
        {
            var length = Math.Min(left, Block);
            to.GetSpan(length)[..length].Fill((byte)'x');
            to.Advance(length);
            left -= length;
        }

        to.Write(after);
    }
}
