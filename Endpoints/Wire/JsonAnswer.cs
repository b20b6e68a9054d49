using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
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
        try
        {
            write(writer, state);
            writer.Flush();
            return SendAsync(http, buffer.Written, statusCode);
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

    /// <summary>Copies the bytes into the response before it returns; the buffer may be reused at once.</summary>
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
