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

    private LastKey? _last;

    public Origin OriginOf(string? model) => new(endpoint.Provider, model ?? endpoint.ModelId);

    /// <summary>Asks for a whole answer, and gives what is read of it. In one wait: with one for each step of the way a call would take 0.2 KB more.</summary>
    /// <param name="body">The request.</param>
    /// <param name="origin">Whom to ask.</param>
    /// <param name="read">Reads the body of an answer whose status means success; it is gone afterwards.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<T> AskAsync<T>(byte[] body, Origin origin, Func<WireAnswer, ReadOnlyMemory<byte>, T> read, CancellationToken cancellationToken)
    {
        using var request = Request(body, origin, "application/json", out var key);
        // The HTTP client's own timeout ends with the headers, since it is not to read the body.
        using var timeout = http.Timeout == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(http.Timeout, endpoint.TimeProvider);
        // Cheaper than a linked source, which would have a registration with each of its two.
        using var caller = timeout is null ? default : cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout); // given here
        var token = timeout?.Token ?? cancellationToken;
        try
        {
            using var response = await ProviderHttp.SendAsync(http, request, token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw await RefusedAsync(response, origin, key, cancellationToken).ConfigureAwait(false);
            using var answer = new WireAnswer(response, origin, key, endpoint.TimeProvider);
            return read(answer, await answer.ReadBodyAsync(token).ConfigureAwait(false));
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            throw ProviderErrors.Broken(error, origin, cancellationToken);
        }
    }

    /// <summary>Asks for a stream, and gives the answer as soon as its status is known to mean success. Its body has not been read.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WireAnswer> OpenAsync(byte[] body, Origin origin, CancellationToken cancellationToken)
    {
        using var request = Request(body, origin, "text/event-stream", out var key);
        HttpResponseMessage? response = null;
        try
        {
            response = await ProviderHttp.SendAsync(http, request, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw await RefusedAsync(response, origin, key, cancellationToken).ConfigureAwait(false);
            var answer = new WireAnswer(response, origin, key, endpoint.TimeProvider);
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

    private HttpRequestMessage Request(byte[] body, Origin origin, string accepted, out string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, origin.Model == endpoint.ModelId ? _address : endpoint.Address(origin.Model))
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("Accept", accepted);
        if (endpoint.Header is var (name, value))
            request.Headers.TryAddWithoutValidation(name, value);
        key = Authorize(request, origin);
        return request;
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
            request.Headers.TryAddWithoutValidation(endpoint.KeyHeader, endpoint.KeyScheme is { } scheme ? Credentials(scheme, key) : key);
        else if (endpoint.NeedsKey || key is { Length: > 0 })
            throw ProviderErrors.NoKey(origin);
        return key;
    }

    /// <summary>A key is seldom another than the last.</summary>
    private string Credentials(string scheme, string key)
    {
        if (_last is { } last && last.Key == key)
            return last.Credentials;
        var credentials = $"{scheme} {key}";
        _last = new LastKey(key, credentials);
        return credentials;
    }

    private async Task<Exception> RefusedAsync(HttpResponseMessage response, Origin origin, string? key, CancellationToken cancellationToken)
    {
        var error = await ReadErrorAsync(response.Content, cancellationToken).ConfigureAwait(false);
        return ProviderErrors.Answered(origin, (int)response.StatusCode, error, key, usage: null, response.Headers, endpoint.TimeProvider.GetUtcNow());
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

    // No record: its text would have the key.
    private sealed class LastKey(string key, string credentials)
    {
        public string Key => key;

        public string Credentials => credentials;
    }
}
