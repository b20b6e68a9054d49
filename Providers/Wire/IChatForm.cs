using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Serving.Providers.Wire;

/// <summary>A provider's interface for chats: its requests, its whole answers, its streams. Thread-safe.</summary>
internal interface IChatForm
{
    /// <summary>The body of a request.</summary>
    byte[] Write(string model, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream);

    /// <summary>Reads the body of a whole answer.</summary>
    ChatResponse Read(WireAnswer answer, ReadOnlyMemory<byte> body);

    /// <summary>Reads the events of a streamed answer.</summary>
    IPieceReader Pieces(WireAnswer answer);
}
