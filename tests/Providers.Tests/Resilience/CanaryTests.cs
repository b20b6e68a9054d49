using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;
using Serving.Providers.Telemetry;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.Resilience;

/// <summary>A key stands in everything that a client may throw, and is looked for in everything that leaves the layer.</summary>
[Collection(ListenerCollection.Name)]
public sealed class CanaryTests : IDisposable
{
    private const string Key = "sk-canary-4f9a";

    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hello")];

    private static readonly Dictionary<string, Func<Exception>> Failures = new(StringComparer.Ordinal)
    {
        ["down"] = () => Known(ErrorKind.ProviderUnavailable, ProviderFault.Transient),
        ["limited"] = () => Known(ErrorKind.RateLimited, ProviderFault.Transient),
        ["slow"] = () => Known(ErrorKind.Timeout, ProviderFault.Transient),
        ["no key"] = () => Known(ErrorKind.BadGateway, ProviderFault.HardDown),
        ["too long"] = () => Known(ErrorKind.ContextTooLong, ProviderFault.Caller),
        ["unreachable"] = () => new HttpRequestException($"No host at {Key}", new IOException(Key)),
        ["status 429"] = () => new HttpRequestException(Key, null, HttpStatusCode.TooManyRequests),
        ["status 503"] = () => new HttpRequestException(Key, null, HttpStatusCode.ServiceUnavailable),
        ["status 504"] = () => new HttpRequestException(Key, null, HttpStatusCode.GatewayTimeout),
        ["status 401"] = () => new HttpRequestException(Key, null, HttpStatusCode.Unauthorized),
        ["status 400"] = () => new HttpRequestException(Key, null, HttpStatusCode.BadRequest),
        ["broken off"] = () => new IOException(Key),
        ["timeout"] = () => new TimeoutException(Key),
        ["cancelled"] = () => new OperationCanceledException(Key),
        ["foreign"] = () => new ArgumentException(Key, Key),
    };

    private readonly ConcurrentQueue<string> _told = new();
    private readonly ProviderMetrics _metrics = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private readonly ManualTimeProvider _time = new();
    private int _lines;
    private int _labels;

    public CanaryTests()
    {
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) => Labels(tags));
        _meters.SetMeasurementEventCallback<int>((_, _, tags, _) => Labels(tags));
        _meters.SetMeasurementEventCallback<double>((_, _, tags, _) => Labels(tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Told,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public static TheoryData<string, bool, bool> Paths
    {
        get
        {
            var paths = new TheoryData<string, bool, bool>();
            foreach (var failure in Failures.Keys)
            {
                foreach (var isStreamed in (bool[])[false, true])
                {
                    paths.Add(failure, isStreamed, false);
                    paths.Add(failure, isStreamed, true);
                }
            }

            return paths;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Ask_KeyInWhatAClientThrows_IsToldToNobody(string failure, bool isStreamed, bool isAfterContent)
    {
        using var limit = new CallLimit(4, 0);
        using var root = new Activity("test").Start();
        var services = new ResilienceServices { TimeProvider = _time, Random = () => 0.5, Metrics = _metrics, Logger = new Lines(this) };
        var options = new ResilienceOptions { RetryBackoff = TimeSpan.Zero, BreakerMinimumCalls = 3 };
        var first = new ScriptedClient(token => FailAsync(Failures[failure](), isAfterContent));
        var client = new ResilientChatClient(
            new ResilientModel(new ModelName("p", "m"), [new ModelDeployment(first), new ModelDeployment(first)], options, limit, services),
            new ResilientModel(new ModelName("q", "n"), [new ModelDeployment(first)], options, limit, services));
        using var source = new CancellationTokenSource();

        // Often enough for breakers to open and for a model to rest.
        for (var i = 0; i < 12; i++)
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => EndAsync(AskAsync(client, isStreamed, TestContext.Current.CancellationToken)));
            // What is none of a provider's stays on the host, which answers with a text of its own.
            if (error is ServingException)
                _told.Enqueue(error.Message);
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        var left = new ScriptedClient(token => LeaveAsync(source, Failures[failure](), token));
        var leaving = new ResilientChatClient(new ResilientModel(new ModelName("p", "left"), [new ModelDeployment(left)], options, limit, services));
        var last = await Assert.ThrowsAnyAsync<Exception>(() => EndAsync(AskAsync(leaving, isStreamed, source.Token)));
        _told.Enqueue(last.Message);
        root.Stop();
        _meters.RecordObservableInstruments();

        Assert.True(_labels > 0, "Nothing was measured.");
        Assert.True(_lines > 0 || failure is "too long" or "status 400" or "foreign" || isAfterContent, "Nothing was logged.");
        Assert.DoesNotContain(_told, text => text.Contains(Key, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
        _metrics.Dispose();
    }

    private static ProviderException Known(ErrorKind kind, ProviderFault fault) => new(kind, "It does not work.", fault, new IOException(Key)) { RetryAfter = TimeSpan.FromSeconds(1) };

    private static async Task AskAsync(ResilientChatClient client, bool isStreamed, CancellationToken cancellationToken)
    {
        if (!isStreamed)
        {
            await client.GetResponseAsync(Hello, cancellationToken: cancellationToken);
            return;
        }

        await foreach (var _ in client.GetStreamingResponseAsync(Hello, cancellationToken: cancellationToken))
        {
        }
    }

    /// <summary>Lets the time of all waits pass.</summary>
    private async Task EndAsync(Task call)
    {
        while (!call.IsCompleted)
        {
            if (!_time.AdvanceToNext())
                await Task.Yield();
        }

        await call;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> FailAsync(Exception error, bool isAfterContent)
    {
        await Task.CompletedTask;
        if (isAfterContent)
            yield return new ChatResponseUpdate(ChatRole.Assistant, "a");
        throw error;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> LeaveAsync(
        CancellationTokenSource source, Exception error, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await source.CancelAsync();
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails())]);
        throw error;
    }

    private void Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Interlocked.Increment(ref _labels);
        foreach (var (name, value) in tags)
            _told.Enqueue($"{name}={value}");
    }

    private void Told(Activity activity)
    {
        _told.Enqueue($"{activity.DisplayName} {activity.StatusDescription}");
        foreach (var (name, value) in activity.TagObjects)
            _told.Enqueue($"{name}={value}");
        foreach (var happened in activity.Events)
            _told.Enqueue($"{happened.Name} {string.Join(' ', happened.Tags.Select(tag => $"{tag.Key}={tag.Value}"))}");
        foreach (var (name, value) in activity.Baggage)
            _told.Enqueue($"{name}={value}");
    }

    private sealed class Lines(CanaryTests test) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            test._told.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref test._lines);
            test._told.Enqueue($"{formatter(state, exception)} {exception}");
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
                test._told.Enqueue(string.Join(' ', values.Select(value => $"{value.Key}={value.Value}")));
        }
    }
}
