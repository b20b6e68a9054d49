namespace Serving.CompareServers;

/// <summary>A web app with nothing in it but its routes. It logs where it listens, and no request.</summary>
internal static class BareApp
{
    public static WebApplication Create()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, EchoJson.Default));
        var app = builder.Build();
        // What the host tells at its metrics port.
        app.MapGet("/metrics", () => $"dotnet_gc_heap_total_allocated_bytes_total {GC.GetTotalAllocatedBytes()}\n");
        return app;
    }
}
