using System.Text.Json;
using Serving.Endpoints.Health;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;

namespace Serving.Host.Settings;

/// <summary>Tells in <c>/ready</c> how the models are doing.</summary>
internal sealed class ModelReadiness(ModelCatalog models) : IReadinessDetail
{
    public string Name => "models";

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var model in models.Health)
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, model.Name.ToString());
            writer.WriteString("breaker"u8, model.Breaker switch
            {
                BreakerState.Closed => "closed"u8,
                BreakerState.HalfOpen => "half_open"u8,
                _ => "open"u8,
            });
            if (model.RetryAfter is { } wait)
                writer.WriteNumber("retry_in_seconds"u8, (long)Math.Ceiling(wait.TotalSeconds));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
