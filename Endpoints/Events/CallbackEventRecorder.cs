using System.Text.Json;
using Serving.Endpoints.Errors;
using Serving.Runtime.Chat;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;

namespace Serving.Endpoints.Events;

/// <summary>Keeps the events of one run, to be put into its answer. Thread-safe while it records.</summary>
internal sealed class CallbackEventRecorder : IRunObserver
{
    private readonly List<RunEvent> _events = [];

    public ValueTask OnEventAsync(RunEvent runEvent, CancellationToken cancellationToken)
    {
        lock (_events)
            _events.Add(runEvent);
        return default;
    }

    /// <summary>Writes the events in the order they happened.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        lock (_events)
        {
            foreach (var runEvent in _events)
            {
                if (runEvent is RunStarted or RunEnded or RunFailed)
                    Write(writer, runEvent);
            }
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, RunEvent runEvent)
    {
        var run = runEvent.Run;
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, run.Id);
        if (run.Parent is null)
            writer.WriteNull("parent_run_id"u8);
        else
            writer.WriteString("parent_run_id"u8, run.Parent.Id);
        RunJson.WriteTags(writer, run);
        if (runEvent is RunStarted)
            RunJson.WriteMetadata(writer, run, own: true);
        else
            writer.WriteNull("metadata"u8);
        switch (runEvent)
        {
            case RunStarted started:
                WriteStart(writer, run, started.Input);
                break;
            case RunEnded ended:
                WriteEnd(writer, run, ended.Output);
                break;
            default:
                WriteError(writer);
                break;
        }

        writer.WriteString("type"u8, TypeOf(runEvent));
        writer.WriteEndObject();
    }

    private static string TypeOf(RunEvent runEvent)
    {
        var kind = runEvent.Run.Type switch
        {
            RunType.ChatModel => runEvent is RunStarted ? "chat_model" : "llm",
            RunType.Llm => "llm",
            RunType.Retriever => "retriever",
            RunType.Tool => "tool",
            _ => "chain",
        };
        return $"on_{kind}_{runEvent switch { RunStarted => "start", RunEnded => "end", _ => "error" }}";
    }

    private static void WriteStart(Utf8JsonWriter writer, Run run, object? input)
    {
        WriteSerialized(writer, run);
        if (run.Type == RunType.Tool)
        {
            writer.WriteString("input_str"u8, JsonSerializer.Serialize(input, RuntimeJson.EventOptions));
            writer.WriteStartObject("kwargs"u8);
            writer.WritePropertyName("inputs"u8);
            RunJson.WriteValue(writer, input);
            writer.WriteNull("name"u8);
            writer.WriteEndObject();
            return;
        }

        switch (run.Type)
        {
            case RunType.ChatModel when input is PromptValue prompt:
                writer.WritePropertyName("messages"u8);
                RunJson.WriteMessages(writer, prompt);
                break;
            case RunType.Llm when input is PromptValue prompt:
                writer.WriteStartArray("prompts"u8);
                writer.WriteStringValue(prompt.ToText());
                writer.WriteEndArray();
                break;
            case RunType.Retriever:
                writer.WritePropertyName("query"u8);
                RunJson.WriteValue(writer, input);
                break;
            default:
                writer.WritePropertyName("inputs"u8);
                RunJson.WriteValue(writer, input);
                break;
        }

        WriteName(writer, run);
    }

    /// <summary>What the run's step is. Clients take null for chains and retrievers, and want an object for models and tools.</summary>
    private static void WriteSerialized(Utf8JsonWriter writer, Run run)
    {
        if (run.Type is not (RunType.ChatModel or RunType.Llm or RunType.Tool))
        {
            writer.WriteNull("serialized"u8);
            return;
        }

        writer.WriteStartObject("serialized"u8);
        writer.WriteString("name"u8, run.Name);
        writer.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter writer, Run run, object? output)
    {
        switch (run.Type)
        {
            case RunType.ChatModel or RunType.Llm when RunJson.AsResult(output) is { } result:
                writer.WritePropertyName("response"u8);
                LlmResultJson.Write(writer, result, fullMessages: true, typed: true, RuntimeJson.EventOptions);
                break;
            case RunType.Tool:
                writer.WritePropertyName("output"u8);
                RunJson.WriteValue(writer, output);
                WriteName(writer, run);
                return;
            case RunType.Retriever:
                writer.WritePropertyName("documents"u8);
                RunJson.WriteValue(writer, output);
                break;
            default:
                writer.WritePropertyName("outputs"u8);
                RunJson.WriteValue(writer, output);
                break;
        }

        writer.WriteStartObject("kwargs"u8);
        writer.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("error"u8);
        writer.WriteNumber("status_code"u8, 500);
        writer.WriteString("message"u8, ErrorTable.InternalError.Message);
        writer.WriteString("type"u8, "error"u8);
        writer.WriteEndObject();
        writer.WriteStartObject("kwargs"u8);
        writer.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter writer, Run run)
    {
        writer.WriteStartObject("kwargs"u8);
        writer.WriteString("name"u8, run.Name);
        writer.WriteEndObject();
    }
}
