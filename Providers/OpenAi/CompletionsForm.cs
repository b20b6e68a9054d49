using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Providers.Wire;

namespace Serving.Providers.OpenAi;

/// <summary>The interface of OpenAI: chat completions.</summary>
internal sealed class CompletionsForm(OpenAiDialect dialect) : IChatForm
{
    public byte[] Write(string model, IEnumerable<ChatMessage> messages, ChatOptions? options, bool stream) =>
        ChatRequest.Write(dialect, model, messages, options, stream);

    public ChatResponse Read(WireAnswer answer, ReadOnlyMemory<byte> body)
    {
        var whole = new AnswerReader { Asked = answer.Origin.Model };
        try
        {
            whole.Read(body.Span);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw ProviderErrors.Malformed(answer.Origin, error, whole.Usage);
        }

        if (whole.Error is { } said)
            throw answer.Says(said, whole.Usage);
        if (!whole.HasChoice)
            throw ProviderErrors.Malformed(answer.Origin, usage: whole.Usage);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, AnswerContents.OfWhole(in whole)) { MessageId = whole.Id })
        {
            ResponseId = whole.Id,
            ModelId = whole.Model,
            CreatedAt = whole.Created,
            FinishReason = whole.FinishReason,
            Usage = whole.Usage,
        };
    }

    public IPieceReader Pieces(WireAnswer answer) => new PieceReader(answer.Says);
}
