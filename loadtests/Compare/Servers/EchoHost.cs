using System.Text.Json;
using Serving.Host;
using Serving.Runtime.Runnables;

namespace Serving.CompareServers;

/// <summary>The host as it ships, with one chain more, which gives back what it gets.</summary>
internal static class EchoHost
{
    public static WebApplication Create(string[] args)
    {
        var app = ServingHost.Create(args);
        app.MapRunnable("/echo", Runnable.Lambda<JsonElement, JsonElement>("echo", value => value));
        return app;
    }
}
