using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serving.Endpoints.Options;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;
using Serving.Runtime.Chat;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Simulator;

namespace Serving.Faults.Tests.Hosting;

/// <summary>A host with chains, and the simulated providers behind it, both on real sockets. Used by one test at a time.</summary>
public sealed class FaultHost : IAsyncLifetime
{
    /// <summary>The key of all calls: its word 'canary' must turn up nowhere.</summary>
    public const string Key = "sk-canary-5d1f0c7e";

    /// <summary>How long a test waits for anything. It is there to end a hang, not to measure.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _providers = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CellClient _client = new();
    private WebApplication? _app;
    private SimulatorHost? _simulator;
    private HttpClient? _http;

    internal MatrixClock Clock { get; } = new();

    internal LogSink Logs { get; } = new();

    internal UsageLedger Usage { get; } = new();

    internal SimulatorHost Simulator => _simulator!; // started before any test

    internal HttpClient Http => _http!; // started before any test

    /// <summary>What the served chains call. Set before each call.</summary>
    internal IChatClient Model
    {
        set => _client.Current = value;
    }

    /// <summary>What streams wait for before they call the model; null for nothing.</summary>
    internal Task? Gate
    {
        set => _client.Gate = value;
    }

    /// <summary>Completes when no call of a model is on its way.</summary>
    internal Task Idle => _client.Idle;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions { TlsPort = 0, KeptAttempts = 50, TimeProvider = new SimulatorTime(Clock) });
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(Logs).AddFilter("Serving", LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddServing(limits =>
        {
            limits.RequestTimeout = Limits.Request;
            limits.StreamTimeout = Limits.Stream;
            // Times that are not this matrix's subject are long, so that leaps of the clock do not meet them.
            limits.StreamCommitAfter = limits.StreamHeartbeat = limits.WriteTimeout = TimeSpan.FromHours(12);
        });
        _app = builder.Build();
        var text = ChatPromptTemplate.FromMessages(("system", "Count."), ("human", "{question}")).Pipe(new ChatModel(_client)).Pipe(new StrOutputParser());
        _app.MapRunnable("/text", text, options => options.ConfigKeys = ConfigKeys.MaxConcurrency);
        _app.MapRunnable("/tool", new ChatModel(_client, options: new ChatOptions { Tools = [AIFunctionFactory.Create((string query) => query, "look_up", "Looks up.")] }));
        await _app.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(_app.Urls.First()), Timeout = Patience };
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        _providers.Dispose();
        if (_simulator is not null)
            await _simulator.DisposeAsync();
    }

    /// <summary>A model of a simulated provider.</summary>
    /// <param name="provider">Whose wire it speaks.</param>
    /// <param name="model">Its whole name at the simulator.</param>
    /// <param name="options">How calls are bounded.</param>
    /// <param name="server">Where it is called, if not at the simulator.</param>
    internal ResilientModel CreateModel(Provider provider, string model, ResilienceOptions options, Uri? server = null) => new(
        new ModelName(provider.Name, model),
        [new ModelDeployment(provider.CreateClient(_providers, new Uri(server ?? Simulator.BaseAddress, provider.Path), model, Clock))],
        options,
        services: new ResilienceServices { TimeProvider = Clock, Random = () => 0.5, Usage = Usage, Logger = Logs.CreateLogger("Serving.Providers") });
}
