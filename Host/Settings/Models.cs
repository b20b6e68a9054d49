using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Runtime.Models;

namespace Serving.Host.Settings;

/// <summary>The models the sample chains use.</summary>
internal static class Models
{
    /// <summary>What chains use unless they ask for another.</summary>
    public const string Default = "default";

    /// <summary>A model that says less.</summary>
    public const string Fast = "fast";

    private const int FastTokens = 32;

    /// <summary>The catalog of a host without a provider: the built-in offline model, under both names.</summary>
    public static ModelCatalog Create(HostSettings settings, TimeProvider time)
    {
        var offline = new OfflineChatClient(new OfflineModelOptions { PieceDelay = settings.OfflinePace }, time);
        return new ModelCatalog(
            new ModelEntry(Default, offline),
            new ModelEntry(Fast, offline) { Options = new ChatOptions { MaxOutputTokens = FastTokens } });
    }
}
