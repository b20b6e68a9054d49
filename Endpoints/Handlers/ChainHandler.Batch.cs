using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Events;
using Serving.Endpoints.Wire;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Handlers;

internal sealed partial class ChainHandler<TIn, TOut>
{
    /// <summary><c>POST /batch</c>: many inputs, their answers in the same order.</summary>
    public Task BatchAsync(HttpContext http) => HandleAsync(http, "batch", BatchAsync);

    private async ValueTask BatchAsync(ChainRequest request)
    {
        var (inputs, sent, returnErrors) = RequestEnvelope.ReadBatch(request.Body); // :: Step 3
        var count = inputs.GetArrayLength();
        if (count > Limits.MaxBatchSize)
        {
            throw new ServingException(
                ErrorKind.TooLarge,
                $"The batch has {count} inputs; the limit is {Limits.MaxBatchSize} (MAX_BATCH_SIZE). Send it in parts.");
        }

        request.Metrics.BatchRead(count);
        var items = new List<BatchItem>(count);
        var runIds = new HashSet<Guid>(count);
        foreach (var input in inputs.EnumerateArray())
            items.Add(await ReadItemAsync(request, input, sent[items.Count], items.Count, runIds, returnErrors)); // :: Steps 4 and 5

        // :: Step 6
        var good = items.Where(item => item.Error is null).ToList();
        var results = await UntilDeadline(
            _chain.BatchAsync(
                [.. good.Select(item => item.Input!)],
                [.. good.Select(item => ContextOf(request, item.Config, item.Recorder, span: null))],
                new BatchOptions { MaxConcurrency = ConcurrencyOf(good), ReturnErrors = returnErrors }),
            request.Deadline!.Token);
        for (var i = 0; i < good.Count; i++)
        {
            good[i].Output = results[i].Output;
            if (results[i].Error is not { } error)
                continue;
            good[i].Error = request.Deadline.Classify(error);
            if (good[i].Error!.StatusCode == StatusCodes.Status500InternalServerError)
                Log.RequestFailed(_services.Logger, error, request.Endpoint, RunNameOf(request.Http), good[i].Config.RunId);
        }

        foreach (var item in items)
        {
            if (item.Error is not null)
                request.Metrics.Failed(item.Error.Type);
        }

        await JsonAnswer.WriteAsync(request.Http, (items, events: _options.IncludeCallbackEvents), static (writer, answer) => Write(writer, answer.items, answer.events)); // :: Step 7
    }

    private async ValueTask<BatchItem> ReadItemAsync(ChainRequest request, JsonElement json, JsonElement? sent, int index, HashSet<Guid> runIds, bool returnErrors)
    {
        var config = await _configs.ReadAsync(request.Http, sent, request.Endpoint, RunNameOf(request.Http), index == 0 ? request.RunId : RunIds.New());
        if (index == 0)
            request.RunId = config.RunId!.Value;
        // One config for all means one run id for all: only the first may have it.
        if (!runIds.Add(config.RunId!.Value))
            config = config with { RunId = RunIds.New() };
        var item = new BatchItem { Config = config, Recorder = _options.IncludeCallbackEvents ? new CallbackEventRecorder() : null };
        try
        {
            item.Input = _inputs.Read(json, config);
        }
        catch (InvalidInputException error)
        {
            var placed = new InvalidInputException([.. error.Errors.Select(problem => problem with { Location = ["inputs", index, .. problem.Location] })]);
            if (!returnErrors)
                throw placed;
            item.Error = ErrorTable.Of(placed);
        }

        return item;
    }

    private int ConcurrencyOf(List<BatchItem> items)
    {
        var limit = Limits.MaxBatchConcurrency;
        foreach (var item in items)
        {
            if (item.Config.MaxConcurrency is { } asked and > 0 && asked < limit)
                limit = asked;
        }

        return limit;
    }

    private static void Write(Utf8JsonWriter writer, List<BatchItem> items, bool events)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("output"u8);
        foreach (var item in items)
        {
            if (item.Error is null)
            {
                WriteOutput(writer, item.Output!);
                continue;
            }

            writer.WriteStartObject();
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("status_code"u8, item.Error.StatusCode);
            writer.WriteString("message"u8, item.Error.Message);
            writer.WriteString("type"u8, item.Error.Type);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("metadata"u8);
        writer.WriteStartArray("responses"u8);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            WriteRun(writer, item.Config.RunId!.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("run_ids"u8);
        foreach (var item in items)
            writer.WriteStringValue(item.Config.RunId!.Value);
        writer.WriteEndArray();
        writer.WriteEndObject();
        if (events)
        {
            writer.WriteStartArray("callback_events"u8);
            foreach (var item in items)
                item.Recorder!.WriteTo(writer);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private sealed class BatchItem
    {
        public required RunConfig Config { get; init; }

        public CallbackEventRecorder? Recorder { get; init; }

        public TIn? Input { get; set; }

        public TOut? Output { get; set; }

        public ErrorAnswer? Error { get; set; }
    }
}
