using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serving.Endpoints.Metrics;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Hosting;

public sealed class WarmUpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_BeforeTheFirstRequest_HasAnsweredRequestsThatNobodyCounts()
    {
        var calls = 0;
        var log = new LogEvents();
        var answered = new ConcurrentBag<(object? Scope, object? Status)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Name == "serving.requests")
                    own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            foreach (var (key, value) in tags)
            {
                if (key == "status")
                    answered.Add((instrument.Meter.Name == ServingMetrics.MeterName ? instrument.Meter.Scope : "warm-up", value));
            }
        });
        listener.Start();

        await using var app = await TestHost.StartAsync(
            builder => builder.Logging.AddProvider(log),
            app => app.MapRunnable("/chain", Runnable.Lambda<string, string>("chain", text =>
            {
                calls++;
                return text;
            })));

        Assert.Equal(0, calls);
        Assert.DoesNotContain("RequestAnswered", log.Names);
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        Assert.DoesNotContain(answered, request => request.Scope == meters);
        Assert.Contains(("warm-up", (object?)"200"), answered);
        Assert.DoesNotContain(answered, request => request.Scope is "warm-up" && request.Status is not "200");
    }

    [Fact]
    public async Task Ready_WhileServicesWarmUp_Says503AndTheHostIsHealthy()
    {
        var probe = new Probe();
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.AddSingleton<IHostedService>(probe),
            app =>
            {
                app.MapServingHealth();
                probe.Address = () => app.Urls.Single();
            });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (probe.Health, probe.Ready));
        Assert.Contains("\"starting\"", probe.Body);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(app.Urls.Single() + "/ready"), Cancellation)).StatusCode);
    }

    /// <summary>Asks the host while its services start, when the server already listens.</summary>
    private sealed class Probe : IHostedLifecycleService
    {
        public Func<string> Address { get; set; } = () => "";

        public HttpStatusCode Health { get; private set; }

        public HttpStatusCode Ready { get; private set; }

        public string Body { get; private set; } = "";

        public async Task StartedAsync(CancellationToken cancellationToken)
        {
            using var http = new HttpClient { BaseAddress = new Uri(Address()) };
            using var health = await http.GetAsync("/health", cancellationToken);
            using var ready = await http.GetAsync("/ready", cancellationToken);
            (Health, Ready, Body) = (health.StatusCode, ready.StatusCode, await ready.Content.ReadAsStringAsync(cancellationToken));
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class LogEvents : ILoggerProvider, ILogger
    {
        public ConcurrentBag<string?> Names { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Names.Add(eventId.Name);

        public void Dispose()
        {
        }
    }
}
