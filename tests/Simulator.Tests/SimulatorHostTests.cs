namespace Serving.Simulator.Tests;

public sealed class SimulatorHostTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Address_BeforeTheStart_SaysWhatIsMissing()
    {
        await using var simulator = SimulatorHost.Create(new SimulatorOptions());

        Assert.Contains("Start it first", Assert.Throws<InvalidOperationException>(() => simulator.BaseAddress).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sim~hang", false, "hang")]
    [InlineData("sim~stall", true, "stall")]
    [InlineData("sim~stall~after=2", true, "stall")]
    [InlineData("sim~cut", true, "cut")]
    [InlineData("sim~comments", true, "comments")]
    [InlineData("sim~delay=86400000", true, "stopped")]
    public async Task Stop_WhileSomethingIsOpen_EndsItsConnection(string model, bool stream, string outcome)
    {
        await using var simulator = await TestSimulator.StartAsync();
        using var connection = await RawConnection.AskAsync(simulator, TestWire.OpenAi, model, stream);
        await simulator.Ledger.WhenAsync(ledger => stream ? ledger.Total.StreamsBegun == 1 : ledger.Total.Hanging == 1, CancellationToken);

        await simulator.StopAsync(CancellationToken);

        Assert.False((await connection.ReadToEndAsync()) is { Bytes.Length: > 0, IsComplete: true });
        var told = simulator.Ledger.Of(model);
        Assert.Equal((0, 1, 0), (told.Open, told.Ended(outcome), told.StreamsAborted));
    }

    [Fact]
    public async Task Stop_WhileAClientDoesNotRead_EndsItsConnection()
    {
        await using var simulator = await TestSimulator.StartAsync();
        using var connection = await RawConnection.AskAsync(simulator, TestWire.OpenAi, "sim~huge~size=64000000", stream: true);
        await connection.ReadUntilAsync(answer => answer.Bytes.Length > 100_000);

        var stopping = simulator.StopAsync(CancellationToken);
        await simulator.SettledAsync().WaitAsync(TimeSpan.FromSeconds(10), CancellationToken);
        await stopping;

        Assert.Equal((1, 0), (simulator.Ledger.Total.Ended("huge"), simulator.Ledger.Total.StreamsFinished));
    }

    [Fact]
    public async Task Port_OfOneThatStopped_IsTheNextOnes()
    {
        await using var first = await TestSimulator.StartAsync();
        var address = first.BaseAddress;
        using var http = new HttpClient();
        await http.GetStringAsync(address, CancellationToken);

        await first.StopAsync(CancellationToken);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(address, CancellationToken));
        await using var second = await TestSimulator.StartAsync(new SimulatorOptions { Urls = address.ToString() });

        Assert.Contains("simulator", await http.GetStringAsync(address, CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_WithACertificateNobodySigned_FailsForWhoDoesNotKnowIt()
    {
        await using var simulator = await TestSimulator.StartAsync(new SimulatorOptions { TlsPort = 0 });
        using var strict = new HttpClient();
        using var knowing = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=simulator" } });

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => strict.GetStringAsync(simulator.TlsAddress, CancellationToken));

        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        Assert.Contains("simulator", await knowing.GetStringAsync(simulator.TlsAddress, CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenDelay_OfAModel_WinsOverTheOneOfAll()
    {
        var time = new ManualTimeProvider();
        var options = new SimulatorOptions { TimeProvider = time, Tokens = 2, TokenDelay = TimeSpan.FromSeconds(1), TokenDelays = { ["own"] = TimeSpan.FromSeconds(5) } };
        await using var simulator = await TestSimulator.StartAsync(options);

        foreach (var (model, delay) in new[] { ("sim", 2), ("own", 10), ("sim~delay=3000", 6), ("sim~wait=7000~delay=0", 7) })
        {
            using var connection = await RawConnection.AskAsync(simulator, TestWire.OpenAi, model, stream: false);
            Assert.Equal(TimeSpan.FromSeconds(delay), await time.NextDelayAsync(CancellationToken));
            time.Advance(TimeSpan.FromSeconds(delay));
            Assert.Equal(200, (await connection.ReadToEndAsync()).Status);
        }
    }

    [Fact]
    public void Arguments_AllOfThem_AreTheOptions()
    {
        var options = SimulatorArguments.Parse(
            ["--urls", "http://127.0.0.1:1", "--tls-port", "2", "--key", "k", "--seed", "-3", "--tokens", "4", "--token-delay-ms", "5", "--token-delay-ms", "a:b:6.5", "--kept-attempts", "7"],
            out _);

        Assert.NotNull(options);
        Assert.Equal(("http://127.0.0.1:1", 2, "k", -3, 4, 7), (options.Urls, options.TlsPort, options.Key, options.Seed, options.Tokens, options.KeptAttempts));
        Assert.Equal((TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(6.5)), (options.DelayOf("x"), options.DelayOf("a:b")));
    }

    [Theory]
    [InlineData("--tokens", "many")]
    [InlineData("--port", "1")]
    [InlineData("--urls")]
    public void Arguments_ThatAreWrong_AreNamed(params string[] args)
    {
        Assert.Null(SimulatorArguments.Parse(args, out var problem));
        Assert.Contains(args[0], problem, StringComparison.Ordinal);
        Assert.Contains("--token-delay-ms", problem, StringComparison.Ordinal);
    }
}
