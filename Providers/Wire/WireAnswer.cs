using Microsoft.Extensions.AI;

namespace Serving.Providers.Wire;

/// <summary>An answer of a status that means success, and which model gave it.</summary>
internal sealed class WireAnswer(HttpResponseMessage response, Origin origin, TimeProvider time) : IDisposable
{
    public Origin Origin => origin;

    /// <summary>Whether it is said to be JSON, as of a provider that does not stream.</summary>
    public bool IsJson => MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase) == true;

    private string? MediaType => response.Content.Headers.ContentType?.MediaType;

    /// <summary>The body of an answer that should be JSON.</summary>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancellationToken)
    {
        byte[] body;
        try
        {
            body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            throw ProviderErrors.Broken(error, origin, cancellationToken);
        }

        var text = body.AsSpan().TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            throw ProviderErrors.Truncated(origin);
        return IsJson || text[0] == '{' ? body : throw ProviderErrors.NotAModel(origin);
    }

    /// <summary>The body of an answer that should be a stream of events.</summary>
    public async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (MediaType is { } type && !type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase))
            throw ProviderErrors.NotAModel(origin);
        return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The error for what the answer says went wrong.</summary>
    public Exception Says(ErrorBody error, UsageDetails? usage) =>
        ProviderErrors.Answered(origin, status: null, error, usage, response.Headers, time.GetUtcNow());

    public void Dispose() => response.Dispose();
}
