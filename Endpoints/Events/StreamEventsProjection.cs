using System.Text.Json;
using Serving.Endpoints.Options;
using Serving.Runtime.Chat;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;

namespace Serving.Endpoints.Events;

/// <summary>Run events as <c>/stream_events</c> tells them. Failures have no event of their own: the stream ends with an error.</summary>
internal sealed class StreamEventsProjection(StreamEventsVersion version, RunFilter filter, object? rootInput) : IStreamProjection
{
    private readonly bool _v1 = version == StreamEventsVersion.V1;
    private Run? _root;
    private Run? _first;

    public bool Accepts(StreamItem item)
    {
        _root ??= item.Event?.Run;
        if (item.Event is null)
            return _v1 && _root is not null && filter.Includes(_root, _root.Type.Word());
        if (item.Event is RunFailed || (_v1 && item.Event is RunStreamed { Run.Parent: null }))
            return false;
        return filter.Includes(item.Event.Run, item.Event.Run.Type.Word());
    }

    public void Write(Utf8JsonWriter writer, StreamItem item)
    {
        var run = item.Event?.Run ?? _root!;
        var type = run.Type.Word();
        // The first event told carries the chain's own input, whatever its run; that run's end then leaves it out.
        var first = _first is null;
        _first ??= run;
        writer.WriteStartObject();
        writer.WriteString("event"u8, item.Event switch
        {
            RunStarted => $"on_{type}_start",
            RunEnded => $"on_{type}_end",
            RunCustomEvent => "on_custom_event",
            _ => $"on_{type}_stream",
        });
        writer.WritePropertyName("data"u8);
        WriteData(writer, item, run, first);
        writer.WriteString("name"u8, item.Event is RunCustomEvent custom ? custom.Name : run.Name);
        RunJson.WriteTags(writer, run);
        writer.WriteString("run_id"u8, run.Id);
        RunJson.WriteMetadata(writer, run, own: false);
        writer.WriteStartArray("parent_ids"u8);
        if (!_v1)
        {
            foreach (var id in run.ParentIds)
                writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteData(Utf8JsonWriter writer, StreamItem item, Run run, bool first)
    {
        if (item.Event is RunCustomEvent custom)
        {
            RunJson.WriteValue(writer, custom.Data);
            return;
        }

        writer.WriteStartObject();
        switch (item.Event)
        {
            case RunStarted when first:
                writer.WritePropertyName("input"u8);
                RunJson.WriteValue(writer, rootInput);
                break;
            case RunStarted { HasInput: true } started:
                writer.WritePropertyName("input"u8);
                RunJson.WriteInput(writer, run, started.Input);
                break;
            case RunStreamed streamed:
                writer.WritePropertyName("chunk"u8);
                RunJson.WriteValue(writer, run.Type == RunType.Llm && streamed.Chunk is string text ? new Generation(text) : streamed.Chunk);
                break;
            case RunEnded ended:
                writer.WritePropertyName("output"u8);
                WriteOutput(writer, run, ended.Output);
                if (!ReferenceEquals(run, _v1 ? _root : _first))
                {
                    writer.WritePropertyName("input"u8);
                    RunJson.WriteInput(writer, run, ended.Input);
                }

                break;
            case null:
                writer.WritePropertyName("chunk"u8);
                RunJson.WriteValue(writer, item.Chunk);
                break;
        }

        writer.WriteEndObject();
    }

    private void WriteOutput(Utf8JsonWriter writer, Run run, object? output)
    {
        if (run.Type == RunType.Llm || (_v1 && run.Type == RunType.ChatModel))
        {
            if (RunJson.AsResult(output) is { } result)
            {
                LlmResultJson.Write(writer, result, fullMessages: true, typed: _v1, RuntimeJson.EventOptions);
                return;
            }
        }

        if (_v1 && run.Type == RunType.Retriever)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("documents"u8);
            RunJson.WriteValue(writer, output);
            writer.WriteEndObject();
            return;
        }

        RunJson.WriteValue(writer, output);
    }
}
