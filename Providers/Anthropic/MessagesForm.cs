using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.Anthropic;

/// <summary>The interface of Anthropic: messages.</summary>
internal sealed class MessagesForm(AnthropicClientOptions client) : IChatForm
{
    public byte[] Write(string model, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream) =>
        MessagesRequest.Write(client, model, messages, options, stream);

    public ChatResponse Read(WireAnswer answer, ReadOnlyMemory<byte> body)
    {
        var message = new MessageReader();
        try
        {
            message.Read(body.Span);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw ProviderErrors.Malformed(answer.Origin, error, message.Usage);
        }

        if (!message.HasContent)
        {
            var said = ErrorBody.Parse(body);
            throw said.IsComplaint ? answer.Says(said, message.Usage) : ProviderErrors.Malformed(answer.Origin, usage: message.Usage);
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, message.Contents) { MessageId = message.Id })
        {
            ResponseId = message.Id,
            ModelId = message.Model,
            FinishReason = message.FinishReason,
            Usage = message.Usage,
        };
    }

    public IPieceReader Pieces(WireAnswer answer) => new EventReader(answer.Says);
}
