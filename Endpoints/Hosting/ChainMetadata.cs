using Serving.Endpoints.Metrics;
using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;
using Serving.Runtime.Schemas;

namespace Serving.Endpoints.Hosting;

/// <summary>What an endpoint of a chain says about itself to the index and to OpenAPI.</summary>
internal sealed record ChainMetadata(IRunnable Chain, ChainOptions Options, JsonShape ConfigShape, string Endpoint, bool HasConfigHash, ChainMetrics Metrics);
