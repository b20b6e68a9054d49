namespace Serving.Simulator.Faults;

/// <summary>Chance that comes out the same for the same seed, on every machine and however threads run.</summary>
internal static class Chance
{
    /// <summary>A number for a text and a seed.</summary>
    public static ulong Hash(ReadOnlySpan<char> text, long seed)
    {
        var hash = 14695981039346656037UL ^ (ulong)seed;
        foreach (var letter in text)
            hash = (hash ^ letter) * 1099511628211UL;
        return Mix(hash);
    }

    /// <summary>The n-th draw from 0 up to 1.</summary>
    public static double Of(ulong state, long n) => (Draw(state, n) >> 11) * (1.0 / (1UL << 53));

    /// <summary>The n-th draw of 64 bits.</summary>
    public static ulong Draw(ulong state, long n) => Mix(state + ((ulong)n * 0x9E3779B97F4A7C15UL));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
