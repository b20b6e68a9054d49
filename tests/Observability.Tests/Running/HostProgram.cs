namespace Serving.Observability.Tests.Running;

/// <summary>The host as it ships, as it was built beside these tests.</summary>
internal static class HostProgram
{
    /// <summary>Starts it on the loopback interface with these settings alone: what the machine has set up for other hosts is not for this one.</summary>
    public static RunningProgram Start(params IEnumerable<(string Name, string Value)> settings)
    {
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(ChoosesModels).ToDictionary(name => name, _ => (string?)null);
        environment["BIND_ADDRESS"] = "127.0.0.1";
        environment["LOG_LEVEL"] = "Warning";
        foreach (var (name, value) in settings)
            environment[name] = value;
        // The folders below bin, for example Debug/net10.0.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var assembly = Path.Combine(Repository.Root, "Host", "bin", own.Parent!.Name, own.Name, "serving.dll"); // a parent: below bin
        return RunningProgram.Start(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [assembly], environment);
    }

    private static bool ChoosesModels(string name) =>
        name.EndsWith("_API_KEY", StringComparison.Ordinal) || name.EndsWith("_API_KEY_FILE", StringComparison.Ordinal) || name.EndsWith("_BASE_URL", StringComparison.Ordinal)
        || name.EndsWith("_MODEL", StringComparison.Ordinal) || name is "FALLBACK_MODELS" or "AZURE_OPENAI_ENDPOINT" or "ASPNETCORE_URLS";
}
