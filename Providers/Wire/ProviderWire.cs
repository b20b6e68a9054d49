using System.Runtime.CompilerServices;
using System.Net.Http.Headers;
using Serving.Providers.Catalog;

namespace Serving.Providers.Wire;

/// <summary>Sends requests, and turns all that can go wrong on the way into errors of the family.</summary>
internal sealed class ProviderWire(HttpClient http, ProviderEndpoint endpoint)
{
    private const int LargestError = 64 * 1024;
    private static readonly TimeSpan ErrorBodyTimeout = TimeSpan.FromSeconds(5);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Uri _address = endpoint.Address(endpoint.ModelId);

    public Origin OriginOf(string? model) => new(endpoint.Provider, model ?? endpoint.ModelId);

    /// <summary>The answer, of a status that means success. A stream's body has not been read; any other has.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WireAnswer> SendAsync(byte[] body, Origin origin, bool stream, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, origin.Model == endpoint.ModelId ? _address : endpoint.Address(origin.Model));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("Accept", stream ? "text/event-stream" : "application/json");
        if (endpoint.Header is var (name, value))
            request.Headers.TryAddWithoutValidation(name, value);
        var key = Authorize(request, origin);
        // The HTTP client's own timeout ends with the headers, since it is not to read the body.
        using var timeout = stream || http.Timeout == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(http.Timeout, endpoint.TimeProvider);
        // Cheaper than a linked source, which would have a registration with each of its two.
        using var caller = timeout is null ? default : cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout); // given here
        var token = timeout?.Token ?? cancellationToken;
        HttpResponseMessage? response = null;
        try
        {
            response = await ProviderHttp.SendAsync(http, request, token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                var error = await ReadErrorAsync(response.Content, cancellationToken).ConfigureAwait(false);
                throw ProviderErrors.Answered(origin, (int)response.StatusCode, error, key, usage: null, response.Headers, endpoint.TimeProvider.GetUtcNow());
            }

            var answer = new WireAnswer(response, origin, key, endpoint.TimeProvider);
            if (!stream)
                await answer.ReadBodyAsync(token).ConfigureAwait(false);
            response = null;
            return answer;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            throw ProviderErrors.Broken(error, origin, cancellationToken);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>Puts the key into its header, and tells it.</summary>
    private string? Authorize(HttpRequestMessage request, Origin origin)
    {
        string? key;
        try
        {
            key = endpoint.ApiKey?.Invoke()?.Trim();
        }
        catch (Exception error)
        {
            throw ProviderErrors.NoKey(origin, error);
        }

        // A key that no header can carry would be quoted by the exception of whoever tries.
        if (ApiKey.IsUsable(key))
            request.Headers.TryAddWithoutValidation(endpoint.KeyHeader, endpoint.KeyScheme is { } scheme ? $"{scheme} {key}" : key);
        else if (endpoint.NeedsKey || key is { Length: > 0 })
            throw ProviderErrors.NoKey(origin);
        return key;
    }

    private async Task<ErrorBody> ReadErrorAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ErrorBodyTimeout, endpoint.TimeProvider);
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
