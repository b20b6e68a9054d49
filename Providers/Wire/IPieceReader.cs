using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Serving.Providers.Wire;

/// <summary>Reads the events of one streamed answer in the words of its provider.</summary>
internal interface IPieceReader
{
    /// <summary>Whether the provider has said that nothing follows.</summary>
    bool IsDone { get; }

    /// <summary>Whether the answer is complete, although more may follow.</summary>
    bool IsFinished { get; }

    /// <summary>The update an event gives; null for none.</summary>
    /// <exception cref="JsonException">It is not a JSON object.</exception>
    /// <exception cref="InvalidOperationException">A value in it is of another kind than it must be.</exception>
    ChatResponseUpdate? Read(string eventType, ReadOnlySpan<byte> data);
}
