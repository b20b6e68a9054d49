using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serving.Endpoints.Options;
using Serving.Endpoints.Wire;
using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Endpoints.Config;

/// <summary>
/// Makes the config a chain runs under: what the caller may set of what it sent (path hash first, then body), then the request modifier's changes,
/// then what the host says.
/// </summary>
internal sealed class ConfigReader
{
    /// <summary>The version of the wire that is spoken; it stands in the metadata of every run.</summary>
    private const string WireVersion = "0.3.3";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ChainOptions _options;
    private readonly JsonShape _shape;
    private OwnMetadata? _lastOwn;

    public ConfigReader(IRunnable chain, ChainOptions options)
    {
        _options = options;
        _shape = MakeShape(chain, options);
    }

    /// <summary>What callers may send as config.</summary>
    public JsonShape Shape => _shape;

    /// <summary>Reads one config.</summary>
    /// <param name="http">The request.</param>
    /// <param name="body">What the body sent, if anything.</param>
    /// <param name="endpoint">The endpoint's name, for the metadata.</param>
    /// <param name="runName">The name of the root run.</param>
    /// <param name="runId">The id of the root run, if the caller gives none or may not.</param>
    /// <exception cref="ServingException">The config is refused.</exception>
    public ValueTask<RunConfig> ReadAsync(HttpContext http, JsonElement? body, string endpoint, string runName, Guid runId)
    {
        var config = FromCaller(http, body);
        return _options.PerRequestConfig is null
            ? new ValueTask<RunConfig>(Complete(config, http, endpoint, runName, runId))
            : ModifyAsync(config, http, endpoint, runName, runId);
    }

    /// <summary>What the caller may set of what it sent; for schemas, which depend on configured values.</summary>
    public RunConfig FromCaller(HttpContext http, JsonElement? body)
    {
        var config = RunConfig.Empty;
        if (http.Request.RouteValues.TryGetValue("config_hash", out var hash) && hash is string packed)
            config = Read(Unpack(packed));
        if (body is not { ValueKind: JsonValueKind.Object } sent)
            return config;
        var own = Read(sent);
        // Python's client always sends an empty configurable: it asks for nothing, so it must not put defaults over what the path configures.
        return config.Merge(config.Configurable.Count > 0 && IsEmpty(sent) ? own with { Configurable = ChainValues.Empty } : own);
    }

    private static JsonElement Unpack(string hash)
    {
        if (ConfigHash.TryDecode(hash, out var text))
        {
            try
            {
                var bytes = StrictUtf8.GetBytes(text);
                var json = JsonElement.Parse(bytes);
                if (json.ValueKind == JsonValueKind.Object && RequestBody.HasOnlyText(bytes))
                    return json;
            }
            catch (Exception error) when (error is JsonException or EncoderFallbackException)
            {
                // Told below, as any other hash that is none.
            }
        }

        throw new StatusException(StatusCodes.Status400BadRequest, "Invalid config hash");
    }

    private RunConfig Read(JsonElement sent)
    {
        var values = (ChainValues)_shape.Read(sent)!;
        var config = new RunConfig
        {
            Tags = Get<List<object?>>(values, "tags") is { } tags ? [.. tags.Cast<string>()] : [],
            Metadata = Get<ChainValues>(values, "metadata") ?? ChainValues.Empty,
            MaxConcurrency = values.TryGetValue("max_concurrency", out var concurrency) ? (int?)concurrency : null,
            RecursionLimit = values.TryGetValue("recursion_limit", out var limit) && limit is not null ? (int)limit : RunConfig.DefaultRecursionLimit,
            RunId = values.TryGetValue("run_id", out var id) ? (Guid?)id : null,
        };
        if (Get<ChainValues>(values, "configurable") is not { } configurable)
            return config;
        if (_options.ConfigKeys.HasFlag(ConfigKeys.Configurable))
            return config with { Configurable = configurable };
        // An empty one asks for nothing; Python's client always sends it.
        if (!IsEmpty(sent))
        {
            throw new StatusException(
                StatusCodes.Status422UnprocessableEntity,
                "The config field `configurable` is not open to callers of this chain. The chain's owner can open it with ChainOptions.ConfigKeys.");
        }

        return config;
    }

    private static bool IsEmpty(JsonElement sent) =>
        sent.TryGetProperty("configurable"u8, out var configurable) && configurable.ValueKind == JsonValueKind.Object && !configurable.EnumerateObject().Any();

    private static T? Get<T>(ChainValues values, string key)
        where T : class => values.TryGetValue(key, out var value) ? (T?)value : null;

    private async ValueTask<RunConfig> ModifyAsync(RunConfig config, HttpContext http, string endpoint, string runName, Guid runId) =>
        Complete(await _options.PerRequestConfig!(config, http), http, endpoint, runName, runId);

    /// <summary>What the host says. Requests that follow each other mostly come from the same kind of client: kept, it saves each of them 0.5 KB.</summary>
    private ChainValues OwnOf(HttpContext http, string endpoint)
    {
        var headers = http.Request.Headers.UserAgent;
        var userAgent = headers.Count == 0 ? null : headers.ToString();
        var last = _lastOwn;
        if (last?.UserAgent == userAgent && last?.Endpoint == endpoint)
            return last.Values;
        var own = ChainValues.Of(("__useragent", userAgent), ("__langserve_version", WireVersion), ("__langserve_endpoint", endpoint));
        _lastOwn = new OwnMetadata(userAgent, endpoint, own);
        return own;
    }

    private RunConfig Complete(RunConfig config, HttpContext http, string endpoint, string runName, Guid runId)
    {
        var own = OwnOf(http, endpoint);
        var metadata = config.Metadata;
        foreach (var (key, value) in config.Configurable.AsSpan())
        {
            if (!key.StartsWith("__", StringComparison.Ordinal) && IsScalar(value) && !metadata.ContainsKey(key))
                metadata = metadata.With(key, value);
        }

        return config with { Metadata = metadata.With(own), RunName = runName, RunId = config.RunId ?? runId };
    }

    private static bool IsScalar(object? value) =>
        value is string or bool or int or long or double or JsonElement { ValueKind: JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False };

    private static JsonShape MakeShape(IRunnable chain, ChainOptions options)
    {
        var properties = new List<ShapeProperty>();
        var fields = chain.ConfigurableFields;
        if (fields.Count > 0)
        {
            var shape = JsonShape.Object("Configurable", [.. fields.OrderBy(field => field.Id, StringComparer.Ordinal).Select(Property)]).Named("Configurable");
            properties.Add(new ShapeProperty("configurable", shape) { Required = false });
        }

        Add(ConfigKeys.Tags, "tags", JsonShape.Array(JsonShape.String));
        Add(ConfigKeys.Metadata, "metadata", JsonShape.Dictionary);
        Add(ConfigKeys.MaxConcurrency, "max_concurrency", JsonShape.For<int?>());
        Add(ConfigKeys.RecursionLimit, "recursion_limit", JsonShape.For<int>());
        Add(ConfigKeys.RunId, "run_id", JsonShape.For<Guid?>());
        return JsonShape.Object("Config", properties);

        void Add(ConfigKeys key, string name, JsonShape shape)
        {
            if (options.ConfigKeys.HasFlag(key))
                properties.Add(new ShapeProperty(name, shape) { Required = false });
        }
    }

    private static ShapeProperty Property(ConfigurableField field) => new(field.Id, field.Shape)
    {
        Required = false,
        Default = field.Default,
        Title = field.Name,
        Description = field.Description,
    };

    private sealed record OwnMetadata(string? UserAgent, string Endpoint, ChainValues Values);
}
