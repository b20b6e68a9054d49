using Serving.ConformanceHost;

// Serves one chain for each thing the wire can do. Chains.cs shows how chains are written, ChainRoutes.cs how they are served.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Serving", LogLevel.Warning);
builder.Services.AddServing();
builder.Services.AddOpenApi();

var app = builder.Build();
app.MapServingHealth();
app.MapConformanceChains();
app.Run();
