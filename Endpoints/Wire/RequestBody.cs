using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Options;

namespace Serving.Endpoints.Wire;

/// <summary>Reads the JSON of a request. The content type is not looked at, as on LangServe.</summary>
internal static class RequestBody
{
    /// <summary>Reads the body whole.</summary>
    /// <returns>The JSON, or why there is none.</returns>
    public static async ValueTask<(JsonElement Json, ErrorAnswer? Error)> ReadAsync(HttpContext http, ServingLimits limits)
    {
        if (http.Request.ContentLength > limits.MaxBodyBytes)
            return (default, TooLarge(http, limits));
        if (http.Request.ContentLength is null)
            LeaveRoomForChunks(http, limits);
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > limits.MaxBodyBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return (default, TooLarge(http, limits));
            }

            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            try
            {
                return Parse(read.Buffer, limits);
            }
            finally
            {
                reader.AdvanceTo(read.Buffer.End);
            }
        }
    }

    /// <summary>The server counts what stands around chunks as part of the body: at most five bytes for one, where each byte comes in a chunk of its own.</summary>
    private static void LeaveRoomForChunks(HttpContext http, ServingLimits limits)
    {
        // A limit that somebody else set for this endpoint stays.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size && size.MaxRequestBodySize == limits.MaxBodyBytes + 1)
            size.MaxRequestBodySize = (limits.MaxBodyBytes + 1) * 6 + 16;
    }

    private static (JsonElement, ErrorAnswer?) Parse(ReadOnlySequence<byte> body, ServingLimits limits)
    {
        byte[]? rented = null;
        try
        {
            ReadOnlySpan<byte> bytes;
            if (body.IsSingleSegment)
            {
                bytes = body.FirstSpan;
            }
            else
            {
                rented = ArrayPool<byte>.Shared.Rent((int)body.Length);
                body.CopyTo(rented);
                bytes = rented.AsSpan(0, (int)body.Length);
            }

            if (bytes.StartsWith("\uFEFF"u8))
                bytes = bytes[3..];
            if (!Utf8.IsValid(bytes))
                return (default, ErrorTable.InvalidJson("The request body is not valid UTF-8."));
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = limits.MaxJsonDepth + 1 });
            var json = JsonElement.ParseValue(ref reader);
            if (reader.Read())
                return (default, ErrorTable.InvalidJson());
            // A lone surrogate is a valid escape in JSON and no text anywhere: it could be neither handed to a chain nor written back.
            return bytes.IndexOf("\\u"u8) >= 0 && !HasOnlyText(bytes)
                ? (default, ErrorTable.InvalidJson("A string of the request body holds half of a surrogate pair."))
                : (json, null);
        }
        catch (JsonException error)
        {
            return (default, error.Message.Contains("depth", StringComparison.OrdinalIgnoreCase)
                ? ErrorTable.InvalidJson($"The request body nests deeper than {limits.MaxJsonDepth} levels, the limit (MAX_JSON_DEPTH).")
                : ErrorTable.InvalidJson());
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Whether no string of some valid JSON holds half of a surrogate pair.</summary>
    public static bool HasOnlyText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var buffer = ArrayPool<byte>.Shared.Rent(json.Length);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    reader.CopyString(buffer);
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ErrorAnswer TooLarge(HttpContext http, ServingLimits limits)
    {
        // The rest of the body is not read, so the server closes the connection; a client that is not told would lose its next request.
        http.Response.Headers.Connection = "close";
        return new ErrorAnswer(413, $"The request body is larger than {limits.MaxBodyBytes} bytes, the limit (MAX_BODY_BYTES).") { Type = "too_large" };
    }
}
