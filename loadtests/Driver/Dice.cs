namespace Serving.LoadTests.Driver;

/// <summary>Chance by number: the n-th draw depends on the seed and n alone, however threads run.</summary>
public readonly struct Dice(long seed)
{
    private readonly ulong _seed = Mix((ulong)seed + 0x9E3779B97F4A7C15UL);

    /// <summary>The n-th draw, from 0 up to 1.</summary>
    public double Of(long n) => (Mix(_seed + ((ulong)n * 0x9E3779B97F4A7C15UL)) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
