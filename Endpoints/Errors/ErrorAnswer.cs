using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serving.Runtime.Schemas;

namespace Serving.Endpoints.Errors;

/// <summary>What a client is told of a failure, and how loud the log is about it.</summary>
/// <param name="StatusCode">The status of the answer, or the one an error event tells.</param>
/// <param name="Message">A sentence for the client.</param>
internal sealed record ErrorAnswer(int StatusCode, string Message)
{
    /// <summary>Problems of the input, each with its place; they stand under <c>detail</c>.</summary>
    public IReadOnlyList<InputError>? Problems { get; init; }

    /// <summary>Texts that stand under <c>detail</c> as a list.</summary>
    public IReadOnlyList<string>? Details { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>A short stable word for logs and metrics.</summary>
    public string Type { get; init; } = "internal";

    /// <summary>Retry-After in whole seconds, rounded up so that nobody comes too early.</summary>
    public string? RetryAfterSeconds =>
        RetryAfter is { } wait ? Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;

    /// <summary>Writes <c>{"detail": …, "message": …, "run_id": …}</c>.</summary>
    public void WriteTo(Utf8JsonWriter writer, Guid? runId)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("detail"u8);
        if (Problems is { Count: > 0 })
        {
            writer.WriteStartArray();
            foreach (var problem in Problems)
                Write(writer, problem);
            writer.WriteEndArray();
        }
        else if (Details is not null)
        {
            writer.WriteStartArray();
            foreach (var detail in Details)
                writer.WriteStringValue(detail);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStringValue(Message);
        }

        writer.WriteString("message"u8, Message);
        if (runId is { } id)
            writer.WriteString("run_id"u8, id);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, InputError problem)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, problem.Type);
        writer.WriteStartArray("loc"u8);
        foreach (var step in problem.Location)
        {
            if (step is int index)
                writer.WriteNumberValue(index);
            else
                writer.WriteStringValue(step.ToString());
        }

        writer.WriteEndArray();
        writer.WriteString("msg"u8, problem.Message);
        writer.WritePropertyName("input"u8);
        if (problem.Input is { ValueKind: not JsonValueKind.Undefined } input)
            input.WriteTo(writer);
        else
            writer.WriteNullValue();
        writer.WriteEndObject();
    }
}
