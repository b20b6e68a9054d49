using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Serving.Endpoints.Config;
using Serving.Endpoints.Errors;
using Serving.Endpoints.Metrics;
using Serving.Endpoints.Options;
using Serving.Endpoints.Telemetry;
using Serving.Endpoints.Wire;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Endpoints.Handlers;

/// <summary>
/// The way of a request, the same for all endpoints of a chain: (1) admission, (2) body, (3) envelope, (4) config, (5) input, (6) run, (7) answer;
/// whatever fails is answered from one table. Each endpoint's own part is a file of its own.
/// </summary>
internal sealed partial class ChainHandler<TIn, TOut>
{
    private readonly Runnable<TIn, TOut> _chain;
    private readonly ChainOptions _options;
    private readonly ServingServices _services;
    private readonly ConfigReader _configs;
    private readonly InputReader<TIn, TOut> _inputs;
    private readonly FrozenDictionary<string, ChainMetrics> _metrics;
    private string? _runName;

    public ChainHandler(Runnable<TIn, TOut> chain, ChainOptions options, ServingServices services)
    {
        _chain = chain;
        _options = options;
        _services = services;
        _configs = new ConfigReader(chain, options);
        _inputs = new InputReader<TIn, TOut>(chain);
        _metrics = ChainMetrics.EndpointNames.ToFrozenDictionary(
            endpoint => endpoint, endpoint => new ChainMetrics(services.Metrics, options.Name ?? chain.Name, endpoint), StringComparer.Ordinal);
    }

    /// <summary>What callers may send as config.</summary>
    public JsonShape ConfigShape => _configs.Shape;

    /// <summary>What is measured of one of the endpoints.</summary>
    public ChainMetrics MetricsOf(string endpoint) => _metrics[endpoint];

    private ServingLimits Limits => _services.Limits;

    /// <summary>Steps 1 and 2, then the endpoint's own, and the answer to what goes wrong in them.</summary>
    private async Task HandleAsync(HttpContext http, string endpoint, Func<ChainRequest, ValueTask> handle)
    {
        using var span = ChainSpans.Start(endpoint, RunNameOf(http));
        var metrics = MetricsOf(endpoint);
        var started = _services.Time.GetTimestamp();
        var request = new ChainRequest(http, endpoint, metrics, new RequestServices(http, _services.Prompts), started) { Span = span };
        if (!_services.Gate.TryEnter()) // :: Step 1
        {
            request.Error = _services.Gate.Refusal;
            _services.Metrics.Rejected(isOverload: request.Error != ErrorTable.ShuttingDown);
            await JsonAnswer.WriteErrorAsync(http, request.Error);
            LogAnswer(request, started, null);
            return;
        }

        if (metrics.MeasuresOverhead)
            request.ModelWait = new ModelWait(_services.Time);
        Exception? failure = null;
        try
        {
            using var deadline = new RequestDeadline(http, _services.Gate, _services.Time, Limits.RequestTimeout, "REQUEST_TIMEOUT");
            request.Deadline = deadline;
            try
            {
                var (json, unreadable) = await RequestBody.ReadAsync(http, Limits); // :: Step 2
                if (unreadable is null)
                {
                    request.Body = json;
                    await handle(request);
                }
                else
                {
                    request.Error = unreadable;
                    await JsonAnswer.WriteErrorAsync(http, unreadable);
                }

                deadline.Complete();
            }
            catch (Exception error)
            {
                failure = error;
                if (deadline.ClientLeft)
                    return;
                request.Error = deadline.Classify(error);
                if (http.Response.HasStarted)
                    http.Abort(); // too late for a status, and the stream did not get to say it: a cut body is the truth
                else
                    await JsonAnswer.WriteErrorAsync(http, request.Error, request.RunId);
            }
        }
        finally
        {
            _services.Gate.Exit();
            request.Services.End();
            LogAnswer(request, started, failure ?? request.Failure);
        }
    }

    /// <param name="request">The request.</param>
    /// <param name="config">The run's config.</param>
    /// <param name="observer">Whoever observes the run.</param>
    /// <param name="span">The request's span, where the request is one run; else each run has a span below it.</param>
    private RunContext ContextOf(ChainRequest request, RunConfig config, IRunObserver? observer, Activity? span) => RunContext.Create(
        config,
        observer,
        _services.Time,
        request.Services,
        timeLeft: request.Deadline!.TimeLeft,
        tally: request.Tally,
        span: span,
        modelWait: request.ModelWait,
        cancellationToken: request.Deadline!.Token);

    /// <summary>The path the chain is served at, groups included: the name of its runs.</summary>
    private string RunNameOf(HttpContext http)
    {
        if (_runName is not null)
            return _runName;
        var pattern = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? http.Request.Path.Value ?? "";
        pattern = pattern[..Math.Max(0, pattern.LastIndexOf('/'))];
        if (pattern.EndsWith("/c/{config_hash}", StringComparison.Ordinal))
            pattern = pattern[..^"/c/{config_hash}".Length];
        return _runName = pattern.Length == 0 ? _chain.Name : pattern.StartsWith('/') ? pattern : "/" + pattern;
    }

    private void LogAnswer(ChainRequest request, long started, Exception? failure)
    {
        var status = request.Deadline?.ClientLeft == true ? StatusCodes.Status499ClientClosedRequest : request.Error?.StatusCode ?? request.Http.Response.StatusCode;
        var duration = _services.Time.GetElapsedTime(started);
        // A refused request did not run: its moment would make those that ran look fast.
        request.Metrics.Ended(request.Http, status, request.Error?.Type, request.Deadline is null ? null : duration, request.ModelWait?.Elapsed);
        var chain = RunNameOf(request.Http);
        if (request.Span is not null)
            ChainSpans.Tell(request.Span, request, status);
        if (failure is not null && status == StatusCodes.Status500InternalServerError)
            Log.RequestFailed(_services.Logger, failure, request.Endpoint, chain, request.RunId);
        Log.RequestAnswered(
            _services.Logger,
            request.Error?.Level ?? LogLevel.Information,
            request.Endpoint,
            chain,
            status,
            duration.TotalMilliseconds,
            request.RunId,
            status == StatusCodes.Status499ClientClosedRequest ? "left" : request.Error is null ? "ok" : "error",
            request.Error?.Type,
            request.Tally.InputTokens,
            request.Tally.OutputTokens);
    }
}
