using System.Net;
using System.Net.Http.Headers;
using Serving.Providers.Errors;

namespace Serving.Providers.OpenAi;

/// <summary>Sends requests, and turns all that can go wrong on the way into errors of the family.</summary>
internal sealed class OpenAiWire(HttpClient http, OpenAiClientOptions options, string path)
{
    private const int LargestError = 64 * 1024;
    private static readonly TimeSpan ErrorBodyTimeout = TimeSpan.FromSeconds(5);

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptsJson = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptsEvents = new("text/event-stream");

    private readonly Uri _address = options.Dialect.Address(options.BaseUrl, path, options.ModelId);

    public Origin OriginOf(string? model) => new(options.Dialect.Name, model ?? options.ModelId);

    /// <summary>The answer, of a status that means success. A stream's body has not been read; any other has.</summary>
    public async Task<HttpResponseMessage> SendAsync(byte[] body, Origin origin, bool stream, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, origin.Model == options.ModelId ? _address : options.Dialect.Address(options.BaseUrl, path, origin.Model));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = Json;
        request.Headers.Accept.Add(stream ? AcceptsEvents : AcceptsJson);
        Authorize(request, origin);
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(
                request, stream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                var good = response;
                response = null;
                return good;
            }

            var error = await ReadErrorAsync(response.Content, cancellationToken).ConfigureAwait(false);
            throw Answered(origin, (int)response.StatusCode, error, response.Headers);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            throw Failure(error, origin, cancellationToken);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>The body of an answer that should be JSON.</summary>
    public static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, Origin origin, CancellationToken cancellationToken)
    {
        byte[] body;
        try
        {
            body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            throw Failure(error, origin, cancellationToken);
        }

        var text = body.AsSpan().TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            throw ProviderErrors.Truncated(origin);
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) == true;
        return isJson || text[0] == '{' ? body : throw ProviderErrors.NotAModel(origin);
    }

    public ProviderException Answered(Origin origin, int? status, ErrorBody body, HttpResponseHeaders? headers) =>
        ProviderErrors.Answered(origin, status, body, headers, options.TimeProvider.GetUtcNow());

    /// <summary>What to throw for what the connection threw. The caller's own cancellation stays one.</summary>
    public static Exception Failure(Exception error, Origin origin, CancellationToken cancellationToken) => error switch
    {
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException(error.Message, error, cancellationToken),
        HttpRequestException cause => ProviderErrors.Unreachable(origin, cause),
        OperationCanceledException => ProviderErrors.TimedOut(origin, error),
        _ => ProviderErrors.Truncated(origin, error),
    };

    private void Authorize(HttpRequestMessage request, Origin origin)
    {
        string? key;
        try
        {
            key = options.ApiKey?.Invoke()?.Trim();
        }
        catch (Exception error)
        {
            throw ProviderErrors.NoKey(origin, error);
        }

        // A key that no header can carry would be quoted by the exception of whoever tries.
        if (key is { Length: > 0 } && key.All(letter => letter is > ' ' and <= '~'))
            request.Headers.TryAddWithoutValidation(options.Dialect.KeyHeader, options.Dialect.KeyScheme is { } scheme ? $"{scheme} {key}" : key);
        else if (options.Dialect.NeedsKey || key is { Length: > 0 })
            throw ProviderErrors.NoKey(origin);
    }

    private async Task<ErrorBody> ReadErrorAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ErrorBodyTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var stream = await content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            var bytes = new byte[LargestError];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, either.Token).ConfigureAwait(false);
            return ErrorBody.Parse(bytes.AsMemory(0, length));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && error is IOException or HttpRequestException or OperationCanceledException)
        {
            // The status tells enough.
            return ErrorBody.None;
        }
    }
}
