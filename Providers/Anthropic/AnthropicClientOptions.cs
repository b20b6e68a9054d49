namespace Serving.Providers.Anthropic;

/// <summary>Where a client of Anthropic sends its calls, and as whom.</summary>
public sealed record AnthropicClientOptions
{
    /// <summary>The last version of the interface that takes temperature, top-p and top-k.</summary>
    internal const string LastWithSampling = "2023-06-01";

    internal static readonly Uri DefaultBaseUrl = new("https://api.anthropic.com");

    /// <summary>The model of calls that name none.</summary>
    public required string ModelId { get; init; }

    /// <summary>The address that <c>v1/messages</c> is added to, with or without <c>/v1</c> at its end.</summary>
    /// <value>Default <c>https://api.anthropic.com</c>.</value>
    public Uri BaseUrl { get; init; } = DefaultBaseUrl;

    /// <summary>Gives the key, sent as <c>x-api-key</c>. Asked at every call, from many threads, so that a key can be changed while the host runs.</summary>
    public Func<string?>? ApiKey { get; init; }

    /// <summary>The version of the interface, sent as <c>anthropic-version</c>.</summary>
    /// <value>
    /// Default <c>2023-06-01</c>, the last one that takes temperature, top-p and top-k. With a later one a call that sets any of them is refused.
    /// </value>
    public string Version { get; init; } = LastWithSampling;

    /// <summary>The longest answer of calls that set no limit, in tokens: Anthropic wants one with every call.</summary>
    /// <value>Default 4096 tokens, which every model takes. An answer cut there has the finish reason <c>length</c>.</value>
    public int MaxOutputTokens { get; init; } = 4096;

    /// <summary>The clock against which dates in answers are read.</summary>
    /// <value>Default the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal Uri Address()
    {
        if (!BaseUrl.IsAbsoluteUri || BaseUrl.Scheme is not ("http" or "https"))
            throw new ArgumentException("The base URL of provider 'anthropic' is not an absolute one of http or https.");
        var root = BaseUrl.AbsoluteUri.TrimEnd('/');
        return new Uri(root.EndsWith("/v1", StringComparison.Ordinal) ? root + "/messages" : root + "/v1/messages");
    }
}
