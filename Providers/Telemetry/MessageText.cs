using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;

namespace Serving.Providers.Telemetry;

/// <summary>Messages as JSON in the form of OpenTelemetry's conventions: role, and parts with their type. Only texts and tool calls, and only so much of them.</summary>
internal static class MessageText
{
    /// <summary>The most characters of all texts together.</summary>
    public const int Limit = 32 * 1024;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string OfMessages(IEnumerable<ChatMessage> messages)
    {
        var left = Limit;
        return Write(json =>
        {
            foreach (var message in messages)
                Write(json, message.Role.Value, message.Contents, null, ref left);
        });
    }

    /// <param name="contents">The answer's, whole or in pieces.</param>
    /// <param name="finishReason">Why it ended; null if it did not say.</param>
    public static string OfAnswer(IEnumerable<AIContent> contents, string? finishReason)
    {
        var left = Limit;
        return Write(json => Write(json, "assistant", contents, finishReason, ref left));
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartArray();
            write(json);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter json, string role, IEnumerable<AIContent> contents, string? finishReason, ref int left)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteStartArray("parts"u8);
        var text = new StringBuilder();
        foreach (var content in contents)
        {
            if (content is TextContent piece)
            {
                text.Append(piece.Text);
                continue;
            }

            WriteText(json, text, ref left);
            WriteCall(json, content, ref left);
        }

        WriteText(json, text, ref left);
        json.WriteEndArray();
        if (finishReason is not null)
            json.WriteString("finish_reason"u8, finishReason);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, StringBuilder text, ref int left)
    {
        if (text.Length == 0)
            return;
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("content"u8, Cut(text.ToString(), ref left));
        json.WriteEndObject();
        text.Clear();
    }

    private static void WriteCall(Utf8JsonWriter json, AIContent content, ref int left)
    {
        var (type, id, name, value) = content switch
        {
            FunctionCallContent call => ("tool_call", call.CallId, call.Name, string.Join(", ", call.Arguments?.Select(argument => $"{argument.Key}={argument.Value}") ?? [])),
            ToolCallChunk chunk => ("tool_call", chunk.CallId, chunk.Name, chunk.Arguments),
            FunctionResultContent result => ("tool_call_response", result.CallId, null, result.Result?.ToString()),
            _ => default,
        };
        if (type is null)
            return;
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        if (id is not null)
            json.WriteString("id"u8, id);
        if (name is not null)
            json.WriteString("name"u8, name);
        json.WriteString(type == "tool_call" ? "arguments"u8 : "response"u8, Cut(value ?? "", ref left));
        json.WriteEndObject();
    }

    private static string Cut(string text, ref int left)
    {
        var cut = text.Length <= left ? text : string.Concat(text.AsSpan(0, left), "…");
        left = Math.Max(0, left - text.Length);
        return cut;
    }
}
