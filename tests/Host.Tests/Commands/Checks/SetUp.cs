using Microsoft.Extensions.Configuration;
using Serving.Endpoints.Options;
using Serving.Host.Commands.Checks;
using Serving.Host.Settings;

namespace Serving.Host.Tests.Commands.Checks;

/// <summary>Facts of settings, on a machine that has plenty of everything.</summary>
internal static class SetUp
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static Facts Of(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        var host = HostSettings.Read(configuration);
        var models = ModelSettings.Read(configuration, host.OfflinePace);
        var limits = new ServingLimits();
        host.Apply(limits);
        return new Facts
        {
            Host = host,
            Limits = limits,
            Models = UsedModel.Of(models.Catalog(TimeProvider.System)),
            Prices = models.Prices,
            Machine = new Machine { Now = Now, Certificates = 100 },
        };
    }

    /// <summary>What a check finds.</summary>
    public static IReadOnlyList<Finding> Look(this Facts facts, string check) => [.. Check.All.Single(one => one.Name == check).Look(facts)];

    /// <summary>The one thing that a check finds.</summary>
    public static Finding LookForOne(this Facts facts, string check) => Assert.Single(facts.Look(check));
}
