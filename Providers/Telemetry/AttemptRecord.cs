using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;

namespace Serving.Providers.Telemetry;

/// <summary>
/// The span of one attempt, of the source <c>Serving.Providers</c>, by OpenTelemetry's conventions for generative AI; and, for who has asked for it, what was
/// sent and what came. Used by one attempt.
/// </summary>
internal sealed class AttemptRecord
{
    private static readonly ActivitySource Source = new("Serving.Providers");

    private readonly ModelName _model;
    private readonly ModelCall _call;
    private readonly ILogger? _log;
    private readonly Activity? _span;
    private readonly List<AIContent>? _contents;
    private readonly int _number;
    private string? _answerId;
    private string? _answerModel;
    private string? _finishReason;
    private Exception? _failure;

    private AttemptRecord(ModelName model, ModelCall call, Activity? span, ILogger? log, bool recordsContent)
    {
        (_model, _call, _span, _log) = (model, call, span, log);
        _number = call.Attempts;
        RecordsContent = recordsContent;
        if (log is not null || recordsContent)
            _contents = [];
    }

    private bool RecordsContent { get; }

    /// <summary>Makes the record of an attempt that is about to start; null if nobody wants one.</summary>
    public static AttemptRecord? Create(ModelName model, IChatClient client, ModelCall call, bool isHedge, ResilienceServices services)
    {
        var log = services.ContentLogger.IsEnabled(LogLevel.Trace) ? services.ContentLogger : null;
        // Of a run that is not recorded, neither are its calls.
        var isWanted = Source.HasListeners() && (call.Run?.Span ?? Activity.Current) is null or { IsAllDataRequested: true };
        var span = isWanted ? Source.CreateActivity($"chat {call.Options?.ModelId ?? model.Model}", ActivityKind.Client, call.Run?.Span?.Context ?? default) : null;
        if (span is { IsAllDataRequested: true })
            Describe(span, model, client, call, isHedge);
        else
            span = null;
        return span is null && log is null ? null : new AttemptRecord(model, call, span, log, span is not null && services.RecordsContent);
    }

    /// <summary>Begins the span, which is the current one from then on in the method that calls this.</summary>
    public void Start()
    {
        _span?.Start();
        if (_contents is null)
            return;
        var asked = MessageText.OfMessages(_call.Messages);
        if (RecordsContent)
            _span!.SetTag("gen_ai.input.messages", asked); // recorded on a span
        if (_log is not null)
            Log.Asked(_log, _model, _number, _call.Run?.RootRunId, asked);
    }

    /// <summary>Moves on in the stream under the span, and leaves the reader's current span as it is.</summary>
    public ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> updates)
    {
        if (_span is null)
            return updates.MoveNextAsync();
        var current = Activity.Current;
        Activity.Current = _span;
        try
        {
            return updates.MoveNextAsync();
        }
        finally
        {
            Activity.Current = current;
        }
    }

    public void FirstChunk(TimeSpan sinceSent) => _span?.SetTag("gen_ai.response.time_to_first_chunk", sinceSent.TotalSeconds);

    public void Answered(ChatResponse answer)
    {
        Answered(answer.ResponseId, answer.ModelId, answer.FinishReason);
        foreach (var message in answer.Messages)
            _contents?.AddRange(message.Contents);
    }

    public void Answered(ChatResponseUpdate update)
    {
        Answered(update.ResponseId, update.ModelId, update.FinishReason);
        _contents?.AddRange(update.Contents);
    }

    public void Failed(Exception error) => _failure = error;

    /// <summary>Ends the span, once.</summary>
    public void End(CallOutcome outcome, UsageDetails? usage)
    {
        if (_contents is not null)
        {
            var answered = MessageText.OfAnswer(_contents, _finishReason);
            if (RecordsContent)
                _span!.SetTag("gen_ai.output.messages", answered); // recorded on a span
            if (_log is not null)
                Log.Answered(_log, _model, _number, _call.Run?.RootRunId, answered);
        }

        if (_span is null)
            return;
        Tell(_span, usage);
        _span.SetTag("gen_ai.response.id", _answerId);
        _span.SetTag("gen_ai.response.model", _answerModel);
        if (_finishReason is not null)
            _span.SetTag("gen_ai.response.finish_reasons", (string[])[_finishReason]);
        if (outcome != CallOutcome.Ok)
            _span.SetTag("error.type", outcome.Word());
        // Whoever was left has not failed.
        if (outcome is not (CallOutcome.Ok or CallOutcome.Cancelled))
            _span.SetStatus(ActivityStatusCode.Error);
        if (_failure is ProviderException failure)
        {
            _span.SetTag("serving.provider.status", failure.ProviderStatus);
            _span.SetTag("serving.provider.code", failure.ProviderCode);
            if (RecordsContent)
                _span.SetTag("serving.provider.message", failure.ProviderMessage);
        }

        _span.Stop();
    }

    private static void Describe(Activity span, ModelName model, IChatClient client, ModelCall call, bool isHedge)
    {
        span.SetTag("gen_ai.operation.name", "chat");
        span.SetTag("gen_ai.provider.name", ModelMetrics.GenAiProvider(model.Provider));
        span.SetTag("gen_ai.request.model", call.Options?.ModelId ?? model.Model);
        span.SetTag("gen_ai.request.stream", call.IsStreamed);
        span.SetTag("gen_ai.request.temperature", call.Options?.Temperature);
        span.SetTag("gen_ai.request.top_p", call.Options?.TopP);
        span.SetTag("gen_ai.request.max_tokens", call.Options?.MaxOutputTokens);
        span.SetTag("serving.attempt", call.Attempts);
        if (isHedge)
            span.SetTag("serving.hedge", true);
        if ((client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata)?.ProviderUri is { } address)
        {
            span.SetTag("server.address", address.Host);
            span.SetTag("server.port", address.Port);
        }
    }

    private static void Tell(Activity span, UsageDetails? usage)
    {
        span.SetTag("gen_ai.usage.input_tokens", usage?.InputTokenCount);
        span.SetTag("gen_ai.usage.output_tokens", usage?.OutputTokenCount);
        span.SetTag("gen_ai.usage.cache_read.input_tokens", usage?.CachedInputTokenCount);
        span.SetTag("gen_ai.usage.reasoning.output_tokens", usage?.ReasoningTokenCount);
    }

    private void Answered(string? id, string? model, ChatFinishReason? finishReason)
    {
        _answerId = id ?? _answerId;
        _answerModel = model ?? _answerModel;
        _finishReason = finishReason?.Value ?? _finishReason;
    }
}
