using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serving.Simulator.Exchanges;
using Serving.Simulator.Faults;
using Serving.Simulator.Ledgers;
using Serving.Simulator.Wires;

namespace Serving.Simulator;

/// <summary>A running simulator of model providers.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2? _certificate;

    private SimulatorHost(SimulatorOptions options)
    {
        Ledger = new Ledger(options.TimeProvider, options.KeptAttempts);
        Faults = new FaultBook(options.Seed);
        _certificate = options.TlsPort is null ? null : CreateCertificate(options.TimeProvider.GetUtcNow());
        // The empty builder takes nothing from the environment: a test's simulator is what its options say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore()
            .UseUrls(options.TlsPort is { } port ? $"{options.Urls};https://127.0.0.1:{port}" : options.Urls)
            // A flush waits until the system has taken the bytes: one event is one write, and what counts as told was sent.
            .UseSockets(sockets => sockets.MaxWriteBufferSize = 2)
            .ConfigureKestrel(Configure);
        if (_certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        _app = builder.Build();
        _app.UseRouting();
        var handler = new ExchangeHandler(options, Ledger, Faults, _app.Lifetime.ApplicationStopping);
        Map(handler);
        _app.MapAdmin(Ledger, Faults);
    }

    /// <summary>Where plain HTTP is listened on; wires are below it.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public Uri BaseAddress => Address("http");

    /// <summary>Where TLS is listened on.</summary>
    /// <exception cref="InvalidOperationException">It has not been started, or the options gave no <see cref="SimulatorOptions.TlsPort"/>.</exception>
    public Uri TlsAddress => Address("https");

    /// <summary>What it saw and said.</summary>
    public Ledger Ledger { get; }

    /// <summary>What it does wrong.</summary>
    public FaultBook Faults { get; }

    /// <summary>Makes a simulator that does not listen yet.</summary>
    public static SimulatorHost Create(SimulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SimulatorHost(options);
    }

    /// <summary>Makes a simulator and starts it.</summary>
    public static async Task<SimulatorHost> StartAsync(SimulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        var simulator = Create(options ?? new SimulatorOptions());
        try
        {
            await simulator.StartAsync(cancellationToken);
            return simulator;
        }
        catch
        {
            await simulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins to listen.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _app.StartAsync(cancellationToken);

    /// <summary>Resets the connections of all that is open, and stops listening. It cannot be started again; another one on the same port can.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _certificate?.Dispose();
    }

    private Uri Address(string scheme) =>
        _app.Urls.Select(url => new Uri(url)).FirstOrDefault(url => url.Scheme == scheme)
        ?? throw new InvalidOperationException($"The simulator does not listen on {scheme}. Start it first, with such an address in its options.");

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 256 * 1024 * 1024;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = _certificate);
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => async connection =>
        {
            Ledger.ConnectionOpened();
            try
            {
                await next(connection);
            }
            finally
            {
                Ledger.ConnectionClosed();
            }
        }));
    }

    private void Map(ExchangeHandler handler)
    {
        MapCompatible("", new OpenAiWire());
        MapCompatible("/mistral", new MistralWire());
        MapCompatible("/cohere", new CohereWire());
        var anthropic = new AnthropicWire();
        _app.MapPost("/v1/messages", context => handler.ChatAsync(context, anthropic));
        var azure = new AzureWire();
        _app.MapPost("/openai/deployments/{model}/chat/completions", context => handler.ChatAsync(context, azure));
        _app.MapPost("/openai/deployments/{model}/embeddings", context => handler.EmbeddingsAsync(context, azure));

        void MapCompatible(string prefix, Wire wire)
        {
            _app.MapPost(prefix + "/v1/chat/completions", context => handler.ChatAsync(context, wire));
            _app.MapPost(prefix + "/v1/embeddings", context => handler.EmbeddingsAsync(context, wire));
            _app.MapGet(prefix + "/v1/models", context => handler.ModelsAsync(context, wire));
        }
    }

    private static X509Certificate2 CreateCertificate(DateTimeOffset now)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=simulator", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        // Round trip: some platforms serve only keys that were loaded.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }
}
