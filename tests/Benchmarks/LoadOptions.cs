using System.Globalization;

namespace Serving.Benchmarks;

/// <summary>How long and how wide a load run is.</summary>
internal sealed record LoadOptions(int Seconds, int Rounds, int Connections)
{
    public static LoadOptions Parse(string[] args)
    {
        return new LoadOptions(Get("--seconds", 5), Get("--rounds", 5), Get("--connections", 64));

        int Get(string name, int fallback)
        {
            var index = Array.IndexOf(args, name);
            return index < 0 ? fallback : int.Parse(args[index + 1], CultureInfo.InvariantCulture);
        }
    }
}
