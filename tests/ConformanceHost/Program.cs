using Serving.ConformanceHost;

// Serves one chain for each thing the wire can do. Chains.cs shows how chains are written, ChainRoutes.cs how they are served.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Serving", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddServing().AddServingOpenApi();

var app = builder.Build();
app.MapServingHealth();
app.MapServingIndex();
app.MapServingDocs();
app.MapServingIndex();
app.MapServingDocs();
app.MapConformanceChains();
app.Run();
