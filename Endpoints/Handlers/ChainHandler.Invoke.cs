using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Events;
using Serving.Endpoints.Wire;
using Serving.Runtime.Serialization;

namespace Serving.Endpoints.Handlers;

internal sealed partial class ChainHandler<TIn, TOut>
{
    private Func<ChainRequest, ValueTask>? _invoke;

    /// <summary><c>POST /invoke</c>: one input, the whole answer.</summary>
    public Task InvokeAsync(HttpContext http) => HandleAsync(http, "invoke", _invoke ??= InvokeAsync);

    private async ValueTask InvokeAsync(ChainRequest request)
    {
        var (json, sent) = RequestEnvelope.Read(request.Body); // :: Step 3
        var config = await _configs.ReadAsync(request.Http, sent, request.Endpoint, RunNameOf(request.Http), request.RunId); // :: Step 4
        request.RunId = config.RunId!.Value;
        var input = _inputs.Read(json, config); // :: Step 5
        var recorder = _options.IncludeCallbackEvents ? new CallbackEventRecorder() : null;
        var output = await UntilDeadline(_chain.InvokeAsync(input, ContextOf(request, config, recorder, request.Span)), request.Deadline!.Token); // :: Step 6
        await JsonAnswer.WriteAsync(request.Http, (output, request.RunId, recorder), static (writer, answer) => // :: Step 7
        {
            writer.WriteStartObject();
            writer.WritePropertyName("output"u8);
            WriteOutput(writer, answer.output);
            writer.WriteStartObject("metadata"u8);
            WriteRun(writer, answer.RunId);
            writer.WriteEndObject();
            if (answer.recorder is not null)
            {
                writer.WritePropertyName("callback_events"u8);
                answer.recorder.WriteTo(writer);
            }

            writer.WriteEndObject();
        });
    }

    /// <summary>A chain that does not heed its token does not hold up the answer.</summary>
    private static ValueTask<T> UntilDeadline<T>(ValueTask<T> running, CancellationToken cancellationToken) =>
        running.IsCompleted ? running : new ValueTask<T>(running.AsTask().WaitAsync(cancellationToken));

    private static void WriteOutput(Utf8JsonWriter writer, TOut output)
    {
        if (typeof(TOut) == typeof(JsonElement) && ((JsonElement)(object)output!).ValueKind != JsonValueKind.Undefined)
            ((JsonElement)(object)output!).WriteTo(writer);
        else
            JsonValues.Write(writer, output, RuntimeJson.Options);
    }

    private static void WriteRun(Utf8JsonWriter writer, Guid runId)
    {
        writer.WriteString("run_id"u8, runId);
        writer.WriteStartArray("feedback_tokens"u8);
        writer.WriteEndArray();
    }
}
