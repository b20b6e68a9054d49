using Serving.Faults.Tests.Calls;
using Serving.Faults.Tests.Hosting;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;
using Serving.Simulator.Ledgers;

namespace Serving.Faults.Tests.Matrix;

/// <summary>One fault, in one position, at one endpoint, in one variant.</summary>
internal sealed record Cell(FaultRow Row, Position Position, Endpoint Endpoint, Variant Variant)
{
    private const int Pieces = 5;
    private const int NextPieces = 7;
    private const int HugePiece = 1024 * 1024;
    private const string Arguments = """{"query":"t0"}""";

    private static readonly Uri Nameless = new("http://models.invalid");
    private static readonly Uri Closed = new("http://127.0.0.1:1");

    private Place Place => Row.At(Position);

    private Outcome Expected => Place.Of(Endpoint)!.Of(Variant); // cells are made of what can occur

    private bool IsWhole => Endpoint is Endpoint.Invoke or Endpoint.Batch;

    private bool CallsTool => Position == Position.AfterToolCall;

    /// <summary>Whether content reaches the client before the fault does.</summary>
    private bool IsDelivered => !IsWhole && Position != Position.BeforeFirstToken;

    private string Path => Endpoint switch
    {
        Endpoint.Invoke => "invoke",
        Endpoint.Batch => "batch",
        Endpoint.Stream => "stream",
        _ => "stream_events",
    };

    /// <summary>All cells of some rows that can occur.</summary>
    public static IEnumerable<Cell> Of(IEnumerable<FaultRow> rows) =>
        from row in rows
        from position in Enum.GetValues<Position>()
        from endpoint in Enum.GetValues<Endpoint>()
        where row.At(position).Of(endpoint) is not null
        from variant in Enum.GetValues<Variant>()
        where variant != Variant.Once || !row.IsLasting
        select new Cell(row, position, endpoint, variant);

    public override string ToString() => $"{Row.Provider.Title}: {Row.Name}, {Position}, {Endpoint}, {Variant}";

    /// <summary>Calls the chain, and compares all that can be seen with what is expected.</summary>
    public async Task VerifyAsync(FaultHost host, CancellationToken cancellationToken)
    {
        var id = $"{Row.Provider.Name}-{Row.Name.Replace(' ', '-')}-{Position}-{Endpoint}-{Variant}";
        var name = $"sim{(Place.Model.Length > 0 ? "~" : "")}{Place.Model}{(CallsTool ? "" : $"~tokens={Pieces}")}{(Variant == Variant.Once ? "~times=1" : "")}~id={id}";
        var nextName = $"sim{(CallsTool ? "~tool" : $"~tokens={NextPieces}")}~id=next-{id}";
        var options = Row.IsUnbounded
            ? new ResilienceOptions { AttemptTimeout = TimeSpan.FromSeconds(90), IdleTimeout = TimeSpan.FromSeconds(700) }
            : new ResilienceOptions { AttemptTimeout = Limits.Attempt, IdleTimeout = Limits.Idle };
        var model = host.CreateModel(Row.Provider, name, options, AddressIn(host));
        host.Model = Variant == Variant.WithNext ? new ResilientChatClient(model, host.CreateModel(Row.Provider, nextName, options)) : new ResilientChatClient(model);
        host.Clock.Begin();
        host.Logs.Take();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(FaultHost.Patience);
        cancellationToken = patience.Token;

        var call = await CallAsync(host, name, cancellationToken);

        await host.Simulator.Ledger.WhenAsync(ledger => ledger.Of(name).Open == 0 && ledger.Of(nextName).Open == 0, cancellationToken);
        VerifyAnswer(call, name);
        Assert.Equal(Expected.Attempts, host.Simulator.Ledger.Of(name).Requests);
        Assert.Equal(Expected.IsNext ? 1 : 0, host.Simulator.Ledger.Of(nextName).Requests);
        Assert.Equal(Expected.Waits, host.Clock.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(Expected.Seconds, host.Clock.Elapsed.TotalSeconds);
        Assert.Equal(Expected.Breaker, model.Health.Breaker);
        var logged = host.Logs.Take();
        Assert.DoesNotContain("canary", call.Raw, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("canary", logged, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(nameof(ProviderException), call.Raw, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Simulator.BaseAddress.Authority, call.Raw, StringComparison.Ordinal);
    }

    /// <summary>The call from its beginning to its end. Whenever the provider hangs, the time that bounds this runs out.</summary>
    private async Task<ChainCall> CallAsync(FaultHost host, string name, CancellationToken cancellationToken)
    {
        var call = new ChainCall();
        // A stream of events has begun, and has its longer time, before the model is called.
        host.Gate = Endpoint == Endpoint.StreamEvents ? call.Begun : null;
        var running = call.RunAsync(host.Http, CallsTool ? "tool" : "text", Path, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var hangs = host.Simulator.Ledger.WhenAsync(ledger => Hangs(ledger, name, attempt), ended.Token);
            if (await Task.WhenAny(running, hangs) == running)
            {
                await ended.CancelAsync();
                await running;
                return call;
            }

            await hangs;
            // What the provider said before is with the client; whatever limit is in force then is about what it does not say.
            if (IsDelivered)
                await call.WhenAsync(() => CallsTool ? call.Arguments == Arguments : call.Texts.Count == 3, cancellationToken);
            await host.Clock.RunOutAsync(LimitInForce, cancellationToken);
        }
    }

    /// <summary>Whether the attempt of this number hangs, and none before it: the simulator may learn late that those were given up.</summary>
    private static bool Hangs(Ledger ledger, string name, int attempt) =>
        ledger.Of(name) is { Hanging: 1, Open: 1 } tally && tally.Requests == attempt && ledger.Attempts.Last(one => one.Model == name).Outcome is null;

    private TimeSpan LimitInForce =>
        !Row.IsUnbounded ? IsDelivered ? Limits.Idle : Limits.Attempt
        : IsDelivered || Endpoint == Endpoint.StreamEvents ? Limits.Stream
        : Limits.Request;

    private Uri? AddressIn(FaultHost host) => Row.Server switch
    {
        Server.SelfSigned => host.Simulator.TlsAddress,
        Server.Nameless => Nameless,
        Server.Closed => Closed,
        _ => null,
    };

    private void VerifyAnswer(ChainCall call, string name)
    {
        if (Expected.Status == 200)
        {
            Assert.Null(call.Message);
            Assert.Equal(200, call.Status);
            Assert.Equal(!IsWhole, call.HasEnd);
            VerifyContent(call, Expected.Pieces ?? (Expected.IsNext ? NextPieces : Pieces));
            if (Row.FinishReason is not null && Endpoint == Endpoint.StreamEvents)
                Assert.Equal(Row.FinishReason, call.FinishReason);
            return;
        }

        Assert.Equal(SentenceFor(name), call.Message);
        Assert.False(call.HasEnd);
        if (IsDelivered)
            VerifyContent(call, 3);
        else
            Assert.Empty(call.Texts.Concat(call.CallIds));
        if (IsDelivered || Endpoint == Endpoint.StreamEvents)
        {
            Assert.Equal(200, call.Status);
            Assert.Equal(Expected.Status, call.EventStatus);
            return;
        }

        Assert.Equal(Expected.Status, call.Status);
        Assert.Equal(Expected.RetryAfter?.ToString(System.Globalization.CultureInfo.InvariantCulture), call.RetryAfter);
    }

    /// <summary>Every piece once, in its order, and nothing else.</summary>
    private void VerifyContent(ChainCall call, int count)
    {
        if (CallsTool)
        {
            Assert.Equal(Arguments, call.Arguments);
            Assert.Single(call.CallIds);
            Assert.Empty(call.Texts);
            return;
        }

        Assert.Empty(call.CallIds);
        string[] pieces = [.. Enumerable.Range(0, count).Select(index => index == 0 ? "t0" : $" t{index}")];
        if (Row.IsHuge && !Expected.IsNext)
        {
            var huge = new string('x', HugePiece);
            if (IsWhole)
                pieces[0] = huge + pieces[0];
            else
                pieces[Position == Position.BeforeFirstToken ? 0 : 3] = huge;
        }

        if (IsWhole)
            Assert.Equal(string.Concat(pieces), Assert.Single(call.Texts));
        else
            Assert.Equal(pieces, call.Texts);
    }

    private string SentenceFor(string name) => Expected.Says! // a failure says something
        .Replace("{model}", $"Model '{name}' of provider '{Row.Provider.Name}'", StringComparison.Ordinal)
        .Replace("{name}", name, StringComparison.Ordinal)
        .Replace("{provider}", Row.Provider.Name, StringComparison.Ordinal);
}
