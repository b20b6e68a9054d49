namespace Serving.Providers.OpenAi;

/// <summary>Where a client sends its calls, and as whom.</summary>
public sealed record OpenAiClientOptions
{
    /// <summary>The model of calls that name none. For Azure, the deployment.</summary>
    public required string ModelId { get; init; }

    /// <summary>How the provider differs from OpenAI.</summary>
    /// <value>Default <see cref="OpenAiDialect.OpenAi"/>.</value>
    public OpenAiDialect Dialect { get; init; } = OpenAiDialect.OpenAi;

    /// <summary>The address that the dialect's paths are added to, usually ending in <c>/v1</c>.</summary>
    /// <value>Default the dialect's, so that a key does not go to another provider than meant.</value>
    public Uri? BaseUrl { get; init; }

    /// <summary>Gives the key. Asked at every call, from many threads, so that a key can be changed while the host runs.</summary>
    public Func<string?>? ApiKey { get; init; }

    /// <summary>The clock against which dates in <c>Retry-After</c> are read.</summary>
    /// <value>Default the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
