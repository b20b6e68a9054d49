namespace Serving.Host.Settings;

/// <summary>What the host logs of its settings.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "Models: {Models}", EventName = "ModelsChosen")]
    public static partial void ModelsChosen(ILogger logger, string models);

    [LoggerMessage(4002, LogLevel.Warning, "{Warning}", EventName = "SettingDoubtful")]
    public static partial void SettingDoubtful(ILogger logger, string warning);

    [LoggerMessage(4003, LogLevel.Warning, "Provider {Provider} could not be reached at the start: {Problem}", EventName = "ProviderUnreachable")]
    public static partial void ProviderUnreachable(ILogger logger, string provider, string problem);
}
