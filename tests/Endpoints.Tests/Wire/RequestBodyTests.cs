using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Options;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;

namespace Serving.Endpoints.Tests.Wire;

public sealed class RequestBodyTests
{
    private const int MaxBody = 2000;

    [Theory]
    [InlineData(false, MaxBody)]
    [InlineData(true, MaxBody)]
    [InlineData(false, 50 * MaxBody)]
    [InlineData(true, 3 * MaxBody)]
    public async Task Body_LargerThanTheLimit_Is413NamingIt(bool chunked, int length)
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();

        foreach (var endpoint in new[] { "invoke", "batch", "stream", "stream_log", "stream_events" })
        {
            using var body = new PiecesContent(chunked, [$$"""{"input": "{{new string('a', length)}}"}"""]);
            using var response = await client.PostContentAsync($"/echo/{endpoint}", body);
            Assert.Equal(413, (int)response.StatusCode);
            Assert.Contains($"{MaxBody} bytes, the limit (MAX_BODY_BYTES)", (await response.JsonAsync()).Message(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_AsLargeAsTheLimit_IsTakenHoweverItIsCut(bool chunked)
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();
        var text = $$"""{"input": "{{new string('a', MaxBody - 13)}}"}""";
        Assert.Equal(MaxBody, text.Length);

        using var body = new PiecesContent(chunked, [.. text.Select(letter => letter.ToString())]);
        using var response = await client.PostContentAsync("/echo/invoke", body);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Body_Deep_IsTakenUpToTheLimitAndThen422NamingIt()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapRunnable("/echo", TestChains.Echo));
        using var client = app.CreateClient();

        var (taken, _) = await client.CallAsync("/echo/invoke", Nested(200));
        var (refused, json) = await client.CallAsync("/echo/invoke", Nested(252));
        var (far, _) = await client.CallAsync("/echo/invoke", Nested(100_000));

        Assert.Equal((200, 422, 422), (taken, refused, far));
        Assert.Contains("deeper than 250 levels, the limit (MAX_JSON_DEPTH)", json.Message(), StringComparison.Ordinal);

        static string Nested(int depth) => $$"""{"input": {{new string('[', depth)}}{{new string(']', depth)}}}""";
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xC3, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { (byte)'"', 0xED, 0xA0, 0x80, (byte)'"' })]
    public async Task Body_NotUtf8_Is422(byte[] bytes)
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();

        using var response = await client.PostContentAsync("/echo/invoke", new ByteArrayContent(bytes));

        Assert.Equal(422, (int)response.StatusCode);
        Assert.Contains("UTF-8", (await response.JsonAsync()).Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input": "\ud800"}""")]
    [InlineData("""{"input": {"\udc00": 1}}""")]
    [InlineData("""{"input": 1, "\ud800x": 1}""")]
    [InlineData("""{"input": 1, "config": {"tags": ["\ud83d"]}}""")]
    public async Task Body_HalfASurrogatePair_Is422(string body)
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();

        var (status, json) = await client.CallAsync("/echo/invoke", body);

        Assert.Equal(422, status);
        Assert.Contains("surrogate", json.Message(), StringComparison.Ordinal);
        Assert.Equal(200, (await client.CallAsync("/echo/invoke", """{"input": "\ud83d\ude00"}""")).Status);
    }

    [Theory]
    [InlineData("\uFEFF{\"input\": 1}", 200)]
    [InlineData(" {\"input\": 1} \r\n", 200)]
    [InlineData("{\"input\": 1, \"input\": 2}", 200)]
    [InlineData("{\"input\": 1} x", 422)]
    [InlineData("{\"input\": 1}{}", 422)]
    [InlineData("{\"input\": 1,}", 422)]
    [InlineData("// no\n{\"input\": 1}", 422)]
    public async Task Body_AtTheEdgesOfJson_IsReadOrRefused(string body, int expected)
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();

        Assert.Equal(expected, (await client.CallAsync("/echo/invoke", body)).Status);
    }

    [Fact]
    public async Task Prompt_LongerThanTheLimit_Is413()
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();
        var topic = new string('a', 200);

        foreach (var endpoint in new[] { "invoke", "stream" })
        {
            var (status, json) = await client.CallAsync($"/chat/{endpoint}", $$"""{"input": {"topic": "{{topic}}"} }""");
            Assert.Equal(413, status);
            Assert.Contains("the limit is 100 (MAX_PROMPT_LENGTH)", json.Message(), StringComparison.Ordinal);
            Assert.Equal(413, (await client.CallAsync($"/model/{endpoint}", $$"""{"input": "{{topic}}"}""")).Status);
        }
    }

    [Fact]
    public async Task Headers_TooLarge_Are431()
    {
        await using var app = await StartAsync();
        using var client = app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo/invoke") { Content = new StringContent("""{"input": 1}""") };
        request.Headers.Add("X-Long", new string('a', 64 * 1024));

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(431, (int)response.StatusCode);
        Assert.Equal(200, (await client.CallAsync("/echo/invoke", """{"input": 1}""")).Status);
    }

    private static Task<WebApplication> StartAsync() => TestHost.StartAsync(
        builder => builder.Services.Configure<ServingLimits>(limits => (limits.MaxBodyBytes, limits.MaxPromptLength) = (MaxBody, 100)),
        app =>
        {
            app.MapRunnable("/echo", TestChains.Echo);
            app.MapRunnable("/chat", TestChains.Chat);
            app.MapRunnable("/model", new ChatModel(ScriptedChatClient.Replying("Hi")));
        });

    /// <summary>A body sent with its length, or without it and each piece in a chunk of its own.</summary>
    private sealed class PiecesContent(bool chunked, string[] pieces) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var piece in pieces)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(piece));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = pieces.Sum(piece => Encoding.UTF8.GetByteCount(piece));
            return !chunked;
        }
    }
}
