using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Errors;
using Serving.Runtime.Serialization;

namespace Serving.Endpoints.Wire;

/// <summary>Writes answers that are one JSON document. A document is whole before its first byte leaves, so a value that cannot be written is still a 500.</summary>
internal static class JsonAnswer
{
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = RuntimeJson.MaxDepth + 16,
        SkipValidation = true,
    };

    public static Task WriteAsync<TState>(HttpContext http, TState state, Action<Utf8JsonWriter, TState> write, int statusCode = StatusCodes.Status200OK)
    {
        var (writer, buffer) = JsonWriterCache.Rent();
        Task? sending = null;
        try
        {
            write(writer, state);
            writer.Flush();
            sending = SendAsync(http, buffer.Written, statusCode);
            return sending.IsCompletedSuccessfully ? sending : ReturnAfterAsync(sending, writer, buffer);
        }
        finally
        {
            if (sending is null || sending.IsCompletedSuccessfully)
                JsonWriterCache.Return(writer, buffer);
        }
    }

    /// <summary>A body that a middleware has put in front of the server's may write the bytes themselves, not a copy: they stay as they are until it has.</summary>
    private static async Task ReturnAfterAsync(Task sending, Utf8JsonWriter writer, PooledBuffer buffer)
    {
        try
        {
            await sending;
        }
        finally
        {
            JsonWriterCache.Return(writer, buffer);
        }
    }

    public static Task WriteErrorAsync(HttpContext http, ErrorAnswer error, Guid? runId = null)
    {
        if (error.RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds;
        if (error.Headers is not null)
        {
            foreach (var (name, value) in error.Headers)
                http.Response.Headers[name] = value;
        }

        return WriteAsync(http, (error, runId), static (writer, state) => state.error.WriteTo(writer, state.runId), error.StatusCode);
    }

    private static Task SendAsync(HttpContext http, ReadOnlyMemory<byte> bytes, int statusCode)
    {
        var response = http.Response;
        response.StatusCode = statusCode;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(http.Request.Method))
            return Task.CompletedTask;
        var written = response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }
}
