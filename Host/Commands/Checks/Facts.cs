using Serving.Endpoints.Options;
using Serving.Host.Settings;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;

namespace Serving.Host.Commands.Checks;

/// <summary>All that checks look at: what is set, and what the machine and the providers say.</summary>
internal sealed record Facts
{
    public required HostSettings Host { get; init; }

    public required ServingLimits Limits { get; init; }

    /// <summary>What would stop the start, each a sentence.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What the start would warn of.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    public IReadOnlyList<UsedModel> Models { get; init; } = [];

    public PriceTable Prices { get; init; } = PriceTable.Default;

    public Machine Machine { get; init; } = new();

    /// <summary>What became of connecting to the providers; empty without <c>--live</c>.</summary>
    public IReadOnlyList<ProviderContact> Contacts { get; init; } = [];

    /// <summary>What became of a call of each model; empty without <c>--live</c>.</summary>
    public IReadOnlyList<LiveCall> Calls { get; init; } = [];

    /// <summary>The models behind a provider.</summary>
    public IEnumerable<UsedModel> Remote => Models.Where(model => model.IsRemote);
}
