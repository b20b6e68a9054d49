using System.Runtime.CompilerServices;
using System.Buffers;
using Microsoft.Extensions.AI;

namespace Serving.Providers.Wire;

/// <summary>An answer of a status that means success, and which model gave it to whom.</summary>
internal sealed class WireAnswer(HttpResponseMessage response, Origin origin, string? key, TimeProvider time) : IDisposable
{
    private ArraySegment<byte> _body;

    public Origin Origin => origin;

    /// <summary>Whether it is said to be JSON, as of a provider that does not stream.</summary>
    public bool IsJson => MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Empty if nothing is said. Taken from the header as it is: parsed it would be three objects more.</summary>
    private ReadOnlySpan<char> MediaType
    {
        get
        {
            var said = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString().AsSpan() : [];
            return (said.IndexOf(';') is >= 0 and var end ? said[..end] : said).Trim();
        }
    }

    /// <summary>The body of an answer that should be JSON; read once. It is there until this is disposed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(CancellationToken cancellationToken)
    {
        if (_body.Array is not null)
            return _body;
        var body = Open();
        try
        {
            _body = await body.ReadAllAsync(response.Content.Headers.ContentLength, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await body.AbortAsync().ConfigureAwait(false);
            if (error is HttpRequestException or OperationCanceledException or IOException)
                throw ProviderErrors.Broken(error, origin, cancellationToken);
            throw;
        }

        var text = _body.AsSpan().TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            throw ProviderErrors.Truncated(origin);
        if (!IsJson && text[0] != '{')
            throw ProviderErrors.NotAModel(origin);
        return _body;
    }

    /// <summary>The body of an answer that should be a stream of events.</summary>
    public AnswerBody OpenStream() =>
        MediaType is { IsEmpty: false } type && !type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) ? throw ProviderErrors.NotAModel(origin) : Open();

    /// <summary>The error for what the answer says went wrong.</summary>
    public Exception Says(ErrorBody error, UsageDetails? usage) =>
        ProviderErrors.Answered(origin, status: null, error, key, usage, response.Headers, time.GetUtcNow());

    public void Dispose()
    {
        response.Dispose();
        if (_body.Array is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
        _body = default;
    }

    private AnswerBody Open() => new(response.Content.ReadAsStream(), origin);
}
