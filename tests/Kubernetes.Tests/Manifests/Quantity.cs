using System.Globalization;

namespace Serving.Kubernetes.Tests.Manifests;

/// <summary>Kubernetes' way to write amounts: 500m, 2, 512Mi.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] Units =
        [("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("m", 0.001m), ("k", 1000m), ("M", 1_000_000m), ("G", 1_000_000_000m), ("", 1m)];

    public static decimal Parse(string text)
    {
        var (suffix, factor) = Units.First(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        return decimal.Parse(text[..^suffix.Length], CultureInfo.InvariantCulture) * factor;
    }
}
