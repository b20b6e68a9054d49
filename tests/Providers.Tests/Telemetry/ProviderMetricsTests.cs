using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Serving.Providers.Accounting;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;
using Serving.Providers.Telemetry;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Tests;

namespace Serving.Providers.Tests.Telemetry;

[Collection(ListenerCollection.Name)]
public sealed class ProviderMetricsTests
{
    private const string Labels = " model=gpt-4.1";
    private const string GenAi = " gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4.1";
    private static readonly ModelName Gpt = new("openai", "gpt-4.1");

    [Fact]
    public void Instruments_All_HaveUnitDescriptionAndTheNamesOfTheDocument()
    {
        using var metrics = new ProviderMetrics(new UsageLedger());
        using var recording = new Recording(metrics);

        Assert.Equal(
            [
                "gen_ai.client.operation.duration s", "gen_ai.client.operation.time_per_output_chunk s", "gen_ai.client.operation.time_to_first_chunk s",
                "gen_ai.client.token.usage {token}", "serving.llm.cost.dollars {dollar}",
                "serving.provider.attempts {attempt}", "serving.provider.breaker.state ", "serving.provider.calls_in_flight {call}", "serving.provider.connections {connection}", "serving.provider.fallbacks {fallback}",
                "serving.provider.hedges {call}", "serving.provider.pool.in_flight {call}", "serving.provider.pool.limit {call}", "serving.provider.pool.waiting {call}",
                "serving.provider.retries {retry}", "serving.provider.retry_budget {retry}",
            ],
            recording.Instruments.Select(instrument => $"{instrument.Name} {instrument.Unit}").Order(StringComparer.Ordinal));
        Assert.All(recording.Instruments, instrument => Assert.EndsWith(".", instrument.Description));
    }

    [Fact]
    public void Attempt_EndedWell_IsCountedAndTimed()
    {
        using var metrics = new ProviderMetrics();
        using var recording = new Recording(metrics);
        var model = metrics.Of(Gpt);

        model.AttemptStarted();
        Assert.Equal([$"serving.provider.calls_in_flight=1{Labels} provider=openai"], recording.Take());

        model.FirstChunk(TimeSpan.FromMilliseconds(250));
        model.Used(new UsageDetails { InputTokenCount = 12, OutputTokenCount = 3, CachedInputTokenCount = 8 });
        model.AttemptEnded(CallOutcome.Ok, TimeSpan.FromSeconds(2));

        Assert.Equal(
            [
                $"gen_ai.client.operation.time_to_first_chunk=0.25{GenAi}",
                $"gen_ai.client.token.usage=12{GenAi} gen_ai.token.type=input",
                $"gen_ai.client.token.usage=3{GenAi} gen_ai.token.type=output",
                $"serving.provider.attempts=1{Labels} outcome=ok provider=openai",
                $"gen_ai.client.operation.duration=2{GenAi}",
                $"serving.provider.calls_in_flight=0{Labels} provider=openai",
            ],
            recording.Take());
    }

    [Fact]
    public void Tokens_ByTheNewNames_AreCountersAndHistogramsOfEachKind()
    {
        const string Usage = "gen_ai.client.inference.usage.", Unknown = " gen_ai.token.modality=unknown";
        using var metrics = new ProviderMetrics(tokens: TokenMetrics.New);
        using var recording = new Recording(metrics);

        metrics.Of(Gpt).Used(new UsageDetails
        {
            InputTokenCount = 12,
            OutputTokenCount = 7,
            CachedInputTokenCount = 8,
            ReasoningTokenCount = 5,
            AdditionalCounts = new() { [UsageCounts.CacheWrite] = 3 },
        });

        Assert.DoesNotContain(recording.Instruments, instrument => instrument.Name == "gen_ai.client.token.usage");
        Assert.Equal(
            [
                $"gen_ai.client.inference.operation.input_tokens=12{GenAi}",
                $"gen_ai.client.inference.operation.output_tokens=7{GenAi}",
                $"{Usage}input_tokens=12{GenAi}{Unknown}",
                $"{Usage}output_tokens=7{GenAi}{Unknown}",
                $"{Usage}cache_read.input_tokens=8{GenAi}{Unknown}",
                $"{Usage}cache_write.input_tokens=3{GenAi}{Unknown}",
                $"{Usage}reasoning.output_tokens=5{GenAi}{Unknown}",
            ],
            recording.Take().Where(line => line.Contains("token", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Pool_InUse_TellsItsCallsAndItsQueue()
    {
        using var metrics = new ProviderMetrics();
        using var recording = new Recording(metrics);
        using var pool = new CallLimit(1, 5);
        metrics.Watch("openai", pool, new OpenConnections());
        using var place = await pool.EnterAsync(TestContext.Current.CancellationToken);
        var waiting = pool.EnterAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            ["serving.provider.pool.in_flight=1 provider=openai", "serving.provider.pool.waiting=1 provider=openai", "serving.provider.pool.limit=1 provider=openai", "serving.provider.connections=0 provider=openai"],
            recording.Take());

        place.Dispose();
        (await waiting).Dispose();
    }

    [Fact]
    public async Task Stream_OfSeveralChunks_TellsTheTimeBetweenThem()
    {
        var time = new ManualTimeProvider();
        using var metrics = new ProviderMetrics();
        using var recording = new Recording(metrics);
        var model = new ResilientModel(Gpt, [new ModelDeployment(new PacedClient(time))], services: new ResilienceServices { Metrics = metrics, TimeProvider = time });

        await new ResilientChatClient(model).GetStreamingResponseAsync("Hi", cancellationToken: TestContext.Current.CancellationToken).ToChatResponseAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                $"gen_ai.client.operation.time_to_first_chunk=1{GenAi}",
                $"gen_ai.client.operation.time_per_output_chunk=2{GenAi}",
                $"gen_ai.client.operation.time_per_output_chunk=3{GenAi}",
            ],
            recording.Take().Where(line => line.Contains("_chunk", StringComparison.Ordinal)));
    }

    [Fact]
    public void Attempt_Failed_TellsTheOutcomeAsItsError()
    {
        using var metrics = new ProviderMetrics();
        using var recording = new Recording(metrics);
        var model = metrics.Of(Gpt);

        model.AttemptStarted();
        model.AttemptEnded(CallOutcome.RateLimited, TimeSpan.FromSeconds(1));
        model.Retried(CallOutcome.RateLimited);
        model.StoodIn(CallOutcome.BreakerOpen);
        model.Hedged(won: true);
        model.Hedged(won: false);

        Assert.Equal(
            [
                $"serving.provider.attempts=1{Labels} outcome=rate_limited provider=openai",
                $"gen_ai.client.operation.duration=1 error.type=rate_limited{GenAi}",
                $"serving.provider.retries=1{Labels} provider=openai reason=rate_limited",
                $"serving.provider.fallbacks=1{Labels} provider=openai reason=breaker_open",
                $"serving.provider.hedges=1{Labels} outcome=won provider=openai",
                $"serving.provider.hedges=1{Labels} outcome=lost provider=openai",
                $"serving.provider.calls_in_flight=0{Labels} provider=openai",
            ],
            recording.Take());
    }

    [Theory]
    [InlineData(BreakerState.Closed, 0)]
    [InlineData(BreakerState.HalfOpen, 1)]
    [InlineData(BreakerState.Open, 2)]
    public void Health_WhenGaugesAreRead_IsAskedThen(BreakerState state, int value)
    {
        using var metrics = new ProviderMetrics();
        using var recording = new Recording(metrics);
        metrics.Of(Gpt, () => new ModelHealth(Gpt, BreakerState.Closed, null, 10));
        metrics.Of(Gpt, () => new ModelHealth(Gpt, state, null, 7.5));
        metrics.Of(new ModelName("mistral", "codestral-2508"));

        Assert.Equal(
            [
                "serving.provider.breaker.state=" + value + Labels + " provider=openai",
                $"serving.provider.retry_budget=7.5{Labels} provider=openai",
            ],
            recording.Take().Where(line => !line.Contains("in_flight")));
    }

    [Fact]
    public void Cost_OfModelsWithAPrice_IsWhatTheLedgerTells()
    {
        var ledger = new UsageLedger(PriceTable.Parse("""{ "openai:gpt-4.1": { "input": 2, "output": 8 } }"""u8, "test", null));
        using var metrics = new ProviderMetrics(ledger);
        using var recording = new Recording(metrics);
        ledger.Record(Gpt, new UsageDetails { InputTokenCount = 500_000, OutputTokenCount = 250_000 });
        ledger.Record(new ModelName("ollama", "llama3.2"), new UsageDetails { InputTokenCount = 500_000 });

        Assert.Equal([$"serving.llm.cost.dollars=3{Labels} provider=openai"], recording.Take());
    }

    [Fact]
    public void Metrics_OfTwoHosts_AreKeptApartAndGoWithTheirHost()
    {
        using var left = new ProviderMetrics();
        using var right = new ProviderMetrics();
        using var recording = new Recording(left);
        left.Of(Gpt, () => new ModelHealth(Gpt, BreakerState.Open, null, 0));
        right.Of(Gpt, () => new ModelHealth(Gpt, BreakerState.Closed, null, 10));
        right.Of(Gpt).Retried(CallOutcome.Timeout);

        Assert.Equal(
            [
                $"serving.provider.calls_in_flight=0{Labels} provider=openai",
                $"serving.provider.breaker.state=2{Labels} provider=openai",
                $"serving.provider.retry_budget=0{Labels} provider=openai",
            ],
            recording.Take());

        left.Dispose();

        Assert.Empty(recording.Take());
    }

    [Fact]
    public void Dispose_MeterOfAFactory_LeavesItToTheFactory()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        using var recording = new Recording(factory);
        var metrics = new ProviderMetrics(meters: factory);

        metrics.Dispose();
        metrics.Of(Gpt).Retried(CallOutcome.Timeout);

        Assert.Contains($"serving.provider.retries=1{Labels} provider=openai reason=timeout", recording.Take());
    }

    [Theory]
    [InlineData("azure", "azure.ai.openai")]
    [InlineData("mistral", "mistral_ai")]
    [InlineData("cohere", "cohere")]
    public void ProviderName_InTheConventions_IsTheirs(string provider, string expected)
    {
        using var metrics = new ProviderMetrics();
        using var recording = new Recording(metrics);

        metrics.Of(new ModelName(provider, "m")).FirstChunk(TimeSpan.Zero);

        Assert.Contains($"gen_ai.provider.name={expected} ", recording.Take()[0]);
    }

    [Fact]
    public void Calls_WithoutAListener_AllocateNothing()
    {
        using var metrics = new ProviderMetrics();
        var usage = new UsageDetails { InputTokenCount = 12, OutputTokenCount = 3 };
        Call(metrics.Of(Gpt), usage);

        var model = metrics.Of(Gpt);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            Call(model, usage);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Outcomes_All_HaveAWordOfTheirOwn()
    {
        Assert.Equal(
            Enum.GetNames<CallOutcome>().Select(name => string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}")).ToLowerInvariant()),
            Enum.GetValues<CallOutcome>().Select(outcome => outcome.Word()));
    }

    [Theory]
    [InlineData(ErrorKind.RateLimited, ProviderFault.Transient, "rate_limited")]
    [InlineData(ErrorKind.Timeout, ProviderFault.Transient, "timeout")]
    [InlineData(ErrorKind.BadGateway, ProviderFault.Transient, "bad_answer")]
    [InlineData(ErrorKind.ProviderUnavailable, ProviderFault.Transient, "unavailable")]
    [InlineData(ErrorKind.BadGateway, ProviderFault.HardDown, "hard_down")]
    [InlineData(ErrorKind.ContextTooLong, ProviderFault.Caller, "caller_fault")]
    public void Outcome_OfAProvidersFailure_FollowsItsFaultThenItsKind(ErrorKind kind, ProviderFault fault, string expected) =>
        Assert.Equal(expected, CallOutcomes.Of(new ProviderException(kind, "No.", fault)).Word());

    [Fact]
    public void Outcome_OfOtherFailures_IsCancelledOrError()
    {
        Assert.Equal(CallOutcome.Cancelled, CallOutcomes.Of(new TaskCanceledException()));
        Assert.Equal(CallOutcome.Error, CallOutcomes.Of(new InvalidOperationException()));
    }

    private static void Call(ModelMetrics model, UsageDetails usage)
    {
        model.AttemptStarted();
        model.FirstChunk(TimeSpan.FromSeconds(1));
        model.Used(usage);
        model.AttemptEnded(CallOutcome.Timeout, TimeSpan.FromSeconds(2));
        model.Retried(CallOutcome.Timeout);
        model.StoodIn(CallOutcome.Timeout);
        model.Hedged(won: true);
    }

    /// <summary>Streams three pieces, after one, two and three seconds, and then its usage.</summary>
    private sealed class PacedClient(ManualTimeProvider time) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            for (var i = 1; i <= 3; i++)
            {
                time.Advance(TimeSpan.FromSeconds(i));
                yield return new ChatResponseUpdate(ChatRole.Assistant, "Hi.");
            }

            yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 1 })]);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
