using System.Text.Json;

namespace Serving.Endpoints.Health;

/// <summary>
/// Something that <c>GET /ready</c> tells beside its status. Register it as a singleton service. It changes nothing about the answer's status; one that throws
/// is left out and logged.
/// </summary>
public interface IReadinessDetail
{
    /// <summary>The name of its field; no other detail's, and none of <c>status</c>, <c>in_flight</c>, <c>limit</c>.</summary>
    string Name { get; }

    /// <summary>Writes one JSON value. Called from many threads; whoever may ask <c>/ready</c> reads it.</summary>
    void Write(Utf8JsonWriter writer);
}
