using System.Text.Json;

namespace Serving.Endpoints.Events;

/// <summary>Turns an observed stream into data events of one endpoint. Holds the state of one stream; sees every item once, in order.</summary>
internal interface IStreamProjection
{
    /// <summary>Whether the item becomes an event.</summary>
    bool Accepts(StreamItem item);

    /// <summary>Writes the event of an accepted item.</summary>
    void Write(Utf8JsonWriter writer, StreamItem item);
}
