using Microsoft.Extensions.Logging;

namespace Serving.Providers.Catalog;

/// <summary>What the catalog logs. Keys are never among it.</summary>
internal static partial class Log
{
    [LoggerMessage(3101, LogLevel.Warning, "The key file {File} of provider {Provider} cannot be read or holds no key: the last key stays in force", EventName = "KeyFileUnusable")]
    public static partial void KeyFileUnusable(ILogger logger, string file, string provider);

    [LoggerMessage(3102, LogLevel.Information, "The key file {File} of provider {Provider} holds a new key", EventName = "KeyChanged")]
    public static partial void KeyChanged(ILogger logger, string file, string provider);
}
