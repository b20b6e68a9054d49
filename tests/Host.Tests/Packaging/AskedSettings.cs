using Microsoft.Extensions.Configuration;

namespace Serving.Host.Tests.Packaging;

/// <summary>Settings that remember which of them were asked for.</summary>
internal sealed class AskedSettings : ConfigurationProvider, IConfigurationSource
{
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    public AskedSettings(IReadOnlyDictionary<string, string> settings)
    {
        foreach (var (key, value) in settings)
            Data[key] = value;
    }

    /// <summary>What nobody asked for.</summary>
    public IEnumerable<string> Unknown => Data.Keys.Where(key => !_asked.Contains(key));

    public override bool TryGet(string key, out string? value)
    {
        _asked.Add(key);
        return base.TryGet(key, out value);
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
