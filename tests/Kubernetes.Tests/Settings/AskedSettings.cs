using Microsoft.Extensions.Configuration;
using Serving.Endpoints.Options;
using Serving.Host.Settings;

namespace Serving.Kubernetes.Tests.Settings;

/// <summary>Notes which settings the host asks for.</summary>
internal sealed class AskedSettings : ConfigurationProvider, IConfigurationSource
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>The flat settings that the host's own reader knows.</summary>
    public static IReadOnlySet<string> OfTheHost()
    {
        var asked = new AskedSettings();
        var configuration = new ConfigurationBuilder().Add(asked).Build();
        var settings = HostSettings.Read(configuration);
        settings.Apply(new ServingLimits());
        ModelSettings.Read(configuration, settings.OfflinePace);
        return asked._asked;
    }

    public override bool TryGet(string key, out string? value)
    {
        if (key.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '_'))
            _asked.Add(key);
        return base.TryGet(key, out value);
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
