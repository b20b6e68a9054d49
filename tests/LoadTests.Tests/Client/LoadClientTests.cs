using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Serving.LoadTests.Client;

namespace Serving.LoadTests.Tests.Client;

public sealed class LoadClientTests
{
    private const string Metadata = "event: metadata\r\ndata: {\"run_id\":\"1\"}\r\n\r\n";
    private const string End = "event: end\r\n\r\n";

    private static readonly LoadRequest Stream = LangServeWire.Request(RequestKind.Stream, "/joke", "1", pieces: 4);
    private static readonly LoadRequest Invoke = LangServeWire.Request(RequestKind.Invoke, "/joke", "1", pieces: 4);
    private static readonly LoadRequest Batch = LangServeWire.Request(RequestKind.Batch, "/joke", "1", inputs: 3, pieces: 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_WholeAndInOrder_IsOk()
    {
        var result = await StreamAsync(Metadata, Piece("t0"), ": a comment\r\n\r\n", Piece(" t1"), Piece(""), Piece(" t2"), Piece(" t3"), End);
        Assert.Equal(Outcome.Ok, result.Outcome);
        Assert.Equal(4, result.Pieces);
        Assert.Equal(3, result.Gaps.Count);
        Assert.NotNull(result.FirstPiece);
        Assert.Equal(200, result.Status);
    }

    [Theory]
    [InlineData(Disorder.Lost, "t0", " t1", " t3")]
    [InlineData(Disorder.Lost, "t0", " t1", " t2")]
    [InlineData(Disorder.Lost)]
    [InlineData(Disorder.Duplicated, "t0", " t1", " t1", " t2", " t3")]
    [InlineData(Disorder.Duplicated, "t0", "t0", " t1", " t2", " t3")]
    [InlineData(Disorder.Reordered, "t0", " t1", " t2", " t1", " t3")]
    [InlineData(Disorder.Merged, "t0", " t1 t2", " t3")]
    [InlineData(Disorder.Spoilt, "t0", " t1", " x2", " t3")]
    [InlineData(Disorder.Spoilt, "t0", " t1", " t2", " t3", " t4")]
    [InlineData(Disorder.Spoilt, "t0", " t1!", " t2", " t3")]
    public async Task Stream_PiecesNotAsTheyWereSaid_IsDisordered(Disorder disorder, params string[] pieces)
    {
        var result = await StreamAsync([Metadata, .. pieces.Select(Piece), End]);
        Assert.Equal(Outcome.Disordered, result.Outcome);
        Assert.Equal(disorder, result.Disorder);
        Assert.True(result.IsFailure);
    }

    [Fact]
    public async Task Stream_EndsCleanlyWithoutItsLastEvent_IsTruncated()
    {
        var result = await StreamAsync(Metadata, Piece("t0"), Piece(" t1"), Piece(" t2"), Piece(" t3"));
        Assert.Equal(Outcome.Truncated, result.Outcome);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1b\r\nevent: data\r\ndata: \"t0\"\r\n\r\n\r\n", Outcome.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1b\r\nevent: da", Outcome.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nevent: da", Outcome.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nevent: da", Outcome.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Enc", Outcome.Transport)]
    [InlineData("SSH-2.0-server\r\n\r\n", Outcome.Transport)]
    [InlineData("", Outcome.Transport)]
    public async Task Stream_ConnectionEndsEarly_TellsWhere(string answer, Outcome outcome)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync();
        using var client = new LoadClient(new Uri($"http://{listener.LocalEndpoint}"));
        Assert.Equal(outcome, (await client.SendAsync(Stream, Token)).Outcome);
        await serving;

        async Task ServeAsync()
        {
            using var connection = await listener.AcceptSocketAsync(Token);
            var request = new byte[64 * 1024];
            for (var read = 0; !request.AsSpan(0, read).EndsWith(Stream.Body.Span);)
                read += await connection.ReceiveAsync(request.AsMemory(read), Token);
            await connection.SendAsync(Encoding.ASCII.GetBytes(answer), Token);
        }
    }

    [Fact]
    public async Task Stream_EventAfterItsEnd_IsWrong()
    {
        var result = await StreamAsync(Metadata, Piece("t0"), Piece(" t1"), Piece(" t2"), Piece(" t3"), End, Piece(" t4"));
        Assert.Equal(Outcome.Wrong, result.Outcome);
    }

    [Fact]
    public async Task Stream_ErrorEvent_IsOneWithItsStatus()
    {
        var result = await StreamAsync(Metadata, Piece("t0"), "event: error\r\ndata: {\"status_code\":503,\"message\":\"x\"}\r\n\r\n");
        Assert.Equal(Outcome.ErrorEvent, result.Outcome);
        Assert.Equal([503], result.Failures);
    }

    [Fact]
    public async Task Stream_Stalls_TimesOutByTheGivenClock()
    {
        var time = new ManualTimeProvider();
        var timeout = TimeSpan.FromSeconds(30);
        await using var server = await TestServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync(Metadata + Piece("t0"), Token);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var client = new LoadClient(server.Address, new LoadClientOptions { Timeout = timeout, Time = time });
        var sending = client.SendAsync(Stream, Token);
        await time.WaitForTimerAsync(timeout);
        time.Advance(timeout);
        var result = await sending;
        Assert.Equal(Outcome.TimedOut, result.Outcome);
        Assert.Equal(timeout, result.Elapsed);
        Assert.Equal(0, client.OpenConnections);
    }

    [Fact]
    public async Task Stream_ClientMeansToLeave_LeavesAndTheServerSeesIt()
    {
        var left = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            await context.Response.WriteAsync(Metadata + Piece("t0") + Piece(" t1"));
            await left.Task;
        });
        using var client = new LoadClient(server.Address);
        var result = await client.SendAsync(Stream with { LeaveAfter = 2 }, Token);
        Assert.Equal(Outcome.Left, result.Outcome);
        await left.Task.WaitAsync(Token);
        Assert.Equal(0, client.OpenConnections);
    }

    [Theory]
    [InlineData("""{"output":"t0 t1 t2 t3","metadata":{"run_id":"1","feedback_tokens":[]}}""", Outcome.Ok)]
    [InlineData("""{"output":"t0 t1 t2","metadata":{"run_id":"1","feedback_tokens":[]}}""", Outcome.Wrong)]
    [InlineData("""{"output":"t0 t1 t2 t3","metadata":{}}""", Outcome.Wrong)]
    [InlineData("""{"metadata":{"run_id":"1","output":"t0 t1 t2 t3"}}""", Outcome.Wrong)]
    [InlineData("""{"output":"t0 t1 t2 t3","metadata":{"run_id":"1"}""", Outcome.Wrong)]
    [InlineData("", Outcome.Wrong)]
    public async Task Invoke_AnswerOf200_IsReadToItsLastByte(string body, Outcome outcome)
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync(body));
        Assert.Equal(outcome, (await SendAsync(server, Invoke)).Outcome);
    }

    [Theory]
    [InlineData("""{"output":["t0 t1","t0 t1","t0 t1"],"metadata":{"responses":[{"run_id":"1"},{"run_id":"2"},{"run_id":"3"}],"run_ids":["1","2","3"]}}""", Outcome.Ok, new int[0])]
    [InlineData("""{"output":["t0 t1","t0 t1"],"metadata":{"responses":[{"run_id":"1"},{"run_id":"2"},{"run_id":"3"}]}}""", Outcome.Wrong, new int[0])]
    [InlineData("""{"output":["t0 t1",{"error":{"status_code":429,"message":"m"}},"t0"],"metadata":{"responses":[{"run_id":"1"},{"run_id":"2"},{"run_id":"3"}]}}""", Outcome.Error, new[] { 429, 0 })]
    public async Task Batch_AnswerOf200_IsCountedByInput(string body, Outcome outcome, int[] failures)
    {
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync(body));
        var result = await SendAsync(server, Batch);
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(failures, result.Failures);
    }

    [Fact]
    public async Task Invoke_LargeChunkedAnswer_IsReadWhole()
    {
        var request = Invoke with { Pieces = 20_000 };
        await using var server = await TestServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("{\"output\":\"");
            foreach (var part in Encoding.UTF8.GetString(NumberedText.Of(20_000)).Chunk(7001))
                await context.Response.WriteAsync(new string(part));
            await context.Response.WriteAsync("\",\"metadata\":{\"run_id\":\"1\"}}");
        });
        var result = await SendAsync(server, request);
        Assert.Equal(Outcome.Ok, result.Outcome);
        Assert.True(result.Bytes > 100_000);
    }

    [Theory]
    [InlineData(503, true, Outcome.Refused)]
    [InlineData(429, true, Outcome.Refused)]
    [InlineData(503, false, Outcome.Error)]
    [InlineData(500, true, Outcome.Error)]
    [InlineData(422, false, Outcome.Error)]
    public async Task Send_OtherStatus_IsRefusalOnlyWithRetryAfter(int status, bool hasRetryAfter, Outcome outcome)
    {
        await using var server = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            if (hasRetryAfter)
                context.Response.Headers.RetryAfter = "1";
            return context.Response.WriteAsync("{}");
        });
        var result = await SendAsync(server, Stream);
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(status, result.Status);
        Assert.Equal(hasRetryAfter, result.HasRetryAfter);
    }

    [Fact]
    public async Task Send_NobodyListens_IsTransport()
    {
        var server = await TestServer.StreamAsync();
        var address = server.Address;
        await server.DisposeAsync();
        using var client = new LoadClient(address);
        var result = await client.SendAsync(Invoke, Token);
        Assert.Equal(Outcome.Transport, result.Outcome);
        Assert.Equal(0, result.Status);
    }

    [Fact]
    public async Task Send_OneAfterTheOther_KeepsItsConnection()
    {
        await using var server = await TestServer.StreamAsync(Metadata, Piece("t0"), Piece(" t1"), Piece(" t2"), Piece(" t3"), End);
        using var client = new LoadClient(server.Address);
        Assert.True((await client.SendAsync(Stream, Token)).IsNewConnection);
        Assert.False((await client.SendAsync(Stream, Token)).IsNewConnection);
        Assert.Equal(1, client.OpenConnections);
    }

    [Fact]
    public async Task Send_KeptConnectionWasClosed_IsSentAgainAndSaysSo()
    {
        // The second request of a connection finds it closed, the first one is answered.
        var connections = new HashSet<string>(StringComparer.Ordinal);
        await using var server = await TestServer.StartAsync(context =>
        {
            bool isFirst;
            lock (connections)
                isFirst = connections.Add(context.Connection.Id);
            if (isFirst)
                return context.Response.WriteAsync("""{"output":"t0 t1 t2 t3","metadata":{"run_id":"1"}}""");
            context.Abort();
            return Task.CompletedTask;
        });
        using var client = new LoadClient(server.Address);
        Assert.False((await client.SendAsync(Invoke, Token)).WasResent);
        var again = await client.SendAsync(Invoke, Token);
        Assert.Equal(Outcome.Ok, again.Outcome);
        Assert.True(again.WasResent);
    }

    [Fact]
    public async Task Send_Cancelled_SaysSoAndClosesItsConnection()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var arrived = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async context =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var client = new LoadClient(server.Address);
        var sending = client.SendAsync(Invoke, stop.Token);
        await arrived.Task.WaitAsync(Token);
        await stop.CancelAsync();
        Assert.Equal(Outcome.Cancelled, (await sending).Outcome);
        Assert.Equal(0, client.OpenConnections);
    }

    private static string Piece(string text) => $"event: data\r\ndata: \"{text}\"\r\n\r\n";

    private static async Task<RequestResult> StreamAsync(params string[] events)
    {
        await using var server = await TestServer.StreamAsync(events);
        return await SendAsync(server, Stream);
    }

    private static async Task<RequestResult> SendAsync(TestServer server, LoadRequest request)
    {
        using var client = new LoadClient(server.Address);
        return await client.SendAsync(request, Token);
    }
}
