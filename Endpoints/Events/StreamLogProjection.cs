using System.Globalization;
using System.Text.Json;
using Serving.Runtime.Chat;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Endpoints.Events;

/// <summary>Run events as <c>/stream_log</c> tells them: JSON Patch operations that build up a document of the run.</summary>
internal sealed class StreamLogProjection(RunFilter filter) : IStreamProjection
{
    private readonly Dictionary<Guid, string> _paths = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private object? _sum;

    public bool Accepts(StreamItem item)
    {
        switch (item.Event)
        {
            case null:
                return true;
            case RunStarted { Run.Parent: null }:
                return true;
            case { Run.Parent: null } or RunCustomEvent:
                return false;
            case RunStarted started:
                if (!filter.Includes(started.Run, RunJson.LogType(started.Run.Type)))
                    return false;
                var count = _names[started.Run.Name] = _names.GetValueOrDefault(started.Run.Name) + 1;
                var name = count == 1 ? started.Run.Name : string.Create(CultureInfo.InvariantCulture, $"{started.Run.Name}:{count}");
                _paths[started.Run.Id] = $"/logs/{JsonPatch.Escape(name)}";
                return true;
            default:
                return _paths.ContainsKey(item.Event.Run.Id);
        }
    }

    public void Write(Utf8JsonWriter writer, StreamItem item)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("ops"u8);
        switch (item.Event)
        {
            case null:
                WriteChunk(writer, item.Chunk);
                break;
            case RunStarted { Run.Parent: null } root:
                JsonPatch.Write(writer, "replace", "", root.Run, static (json, run) => WriteRoot(json, run));
                break;
            case RunStarted started:
                JsonPatch.Write(writer, "add", _paths[started.Run.Id], started.Run, static (json, run) => WriteEntry(json, run));
                break;
            case RunStreamed streamed:
                WriteStreamed(writer, _paths[streamed.Run.Id], streamed);
                break;
            case RunEnded ended:
                WriteEnd(writer, ended.Run, ended.Output, ended.Time);
                break;
            case RunFailed failed:
                WriteEnd(writer, failed.Run, null, failed.Time);
                break;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>The answer's next piece, and what it changes in the sum of all.</summary>
    private void WriteChunk(Utf8JsonWriter writer, object? chunk)
    {
        var before = _sum;
        if (_sum is null)
        {
            _sum = chunk;
        }
        else if (Pieces.TryAdd(_sum, chunk, out var sum))
        {
            _sum = sum;
        }
        else
        {
            // What does not add up is replaced as a whole.
            before = null;
            _sum = chunk;
        }

        JsonPatch.Write(writer, "add", "/streamed_output/-", chunk, RunJson.WriteValue);
        JsonPatch.WriteDifference(writer, "/final_output", before, _sum);
    }

    private static void WriteStreamed(Utf8JsonWriter writer, string path, RunStreamed streamed)
    {
        if (streamed.Run.Type is RunType.ChatModel or RunType.Llm)
        {
            var text = streamed.Chunk is AssistantMessage message ? message.Text : streamed.Chunk as string;
            JsonPatch.Write(writer, "add", path + "/streamed_output_str/-", text, static (json, value) => json.WriteStringValue(value));
        }

        JsonPatch.Write(writer, "add", path + "/streamed_output/-", streamed.Chunk, RunJson.WriteValue);
    }

    private void WriteEnd(Utf8JsonWriter writer, Run run, object? output, DateTimeOffset time)
    {
        var path = _paths[run.Id];
        JsonPatch.Write(writer, "add", path + "/final_output", (run.Type, output), static (json, state) => WriteFinal(json, state.Type, state.output));
        JsonPatch.Write(writer, "add", path + "/end_time", time, static (json, at) => json.WriteStringValue(RunJson.Time(at)));
    }

    /// <summary>The output of a run below the root: wrapped by kind, as the logs' readers expect it.</summary>
    private static void WriteFinal(Utf8JsonWriter writer, RunType type, object? output)
    {
        switch (type)
        {
            case RunType.ChatModel or RunType.Llm when RunJson.AsResult(output) is { } result:
                LlmResultJson.Write(writer, result, fullMessages: true, typed: true, RuntimeJson.EventOptions);
                break;
            case RunType.Prompt:
            case var _ when output is null or ChainValues or JsonElement { ValueKind: JsonValueKind.Object }:
                RunJson.WriteValue(writer, output);
                break;
            default:
                writer.WriteStartObject();
                writer.WritePropertyName(type == RunType.Retriever ? "documents" : "output");
                RunJson.WriteValue(writer, output);
                writer.WriteEndObject();
                break;
        }
    }

    private static void WriteRoot(Utf8JsonWriter writer, Run run)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, run.Id);
        WriteEmptyArray(writer, "streamed_output");
        writer.WriteNull("final_output"u8);
        writer.WriteStartObject("logs"u8);
        writer.WriteEndObject();
        writer.WriteString("name"u8, run.Name);
        writer.WriteString("type"u8, RunJson.LogType(run.Type));
        writer.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter writer, Run run)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, run.Id);
        writer.WriteString("name"u8, run.Name);
        writer.WriteString("type"u8, RunJson.LogType(run.Type));
        RunJson.WriteTags(writer, run);
        RunJson.WriteMetadata(writer, run, own: true);
        writer.WriteString("start_time"u8, RunJson.Time(run.StartTime));
        WriteEmptyArray(writer, "streamed_output");
        WriteEmptyArray(writer, "streamed_output_str");
        writer.WriteNull("final_output"u8);
        writer.WriteNull("end_time"u8);
        writer.WriteEndObject();
    }

    private static void WriteEmptyArray(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartArray(name);
        writer.WriteEndArray();
    }
}
