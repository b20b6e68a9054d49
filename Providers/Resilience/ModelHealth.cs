using Serving.Providers.Catalog;

namespace Serving.Providers.Resilience;

/// <summary>How a model is doing, at one moment.</summary>
/// <param name="Name">The model.</param>
/// <param name="Breaker">Its breaker; of several deployments, the best.</param>
/// <param name="RetryAfter">How long calls are refused; null while they are made.</param>
/// <param name="RetriesLeft">How many retries its budget holds.</param>
public sealed record ModelHealth(ModelName Name, BreakerState Breaker, TimeSpan? RetryAfter, double RetriesLeft);
