using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Serving.Providers.Errors;
using Serving.Providers.OpenAi;
using Serving.Providers.Wire;
using Serving.Runtime.Errors;
using Serving.Tests;

namespace Serving.Providers.Tests.Wire;

public sealed class AnswerLimitTests
{
    private static readonly byte[] Block = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));

    [Theory]
    [InlineData("openai", false, "application/json", true)]
    [InlineData("openai", false, "application/json", false)]
    [InlineData("openai", true, "text/event-stream", false)]
    [InlineData("anthropic", false, "application/json", false)]
    [InlineData("anthropic", true, "text/event-stream", false)]
    [InlineData("embeddings", false, "application/json", false)]
    public async Task Answer_WithoutEnd_IsLeftAtTheLimit(string client, bool stream, string type, bool saysItsLength)
    {
        var aborted = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            context.Response.ContentType = type;
            if (saysItsLength)
                context.Response.ContentLength = 1L << 40;
            try
            {
                await context.Response.WriteAsync(stream ? "data: {\"" : "{\"");
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(Block, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // The client has left, as it should.
            }

            aborted.TrySetResult();
        });

        var error = await Assert.ThrowsAsync<ProviderException>(() => AskAsync(provider, client, stream));

        Assert.Equal((ErrorKind.BadGateway, ProviderFault.Caller), (error.Kind, error.Fault));
        Assert.Contains("more than the host takes", error.Message);
        await aborted.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Body_WithoutEnd_IsNotReadBeyondTheLimit()
    {
        var origin = new Origin("p", "m");
        using var whole = new EndlessStream();
        using var stream = new EndlessStream();

        await Assert.ThrowsAsync<ProviderException>(async () => await new AnswerBody(whole, origin).ReadAllAsync(null, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ProviderException>(async () =>
        {
            await foreach (var _ in AnswerStream.ReadAsync(new AnswerBody(stream, origin), origin, new PieceReader((_, _) => new InvalidOperationException()), TestContext.Current.CancellationToken))
            {
            }
        });

        Assert.InRange(whole.Given, AnswerBody.Largest, AnswerBody.Largest + (64L * 16 * 1024));
        // The parser's last read may ask for as much as it holds, and what is passed over at the end comes on top.
        Assert.InRange(stream.Given, AnswerBody.Largest, 2 * AnswerBody.Largest + (64L * 16 * 1024));
    }

    [Fact]
    public async Task Stream_LongerThanTheLimitInSmallEvents_IsReadToItsEnd()
    {
        var text = new string('x', 1024 * 1024);
        const int Events = (AnswerBody.Largest / (1024 * 1024)) + 4;
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < Events; i++)
                await context.Response.WriteAsync($$$"""data: {"choices":[{"delta":{"content":"{{{text}}}"}}]}""" + "\n\n");
            await context.Response.WriteAsync("data: [DONE]\n\n");
        });

        Assert.Equal(Events, (await provider.Client().StreamAsync()).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WholeAnswer_StopsComing_EndsWithTheTimeoutOrTheCaller(bool callerLeaves)
    {
        var time = new ManualTimeProvider();
        var aborted = new TaskCompletionSource();
        var half = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("{\"choices\":");
            await context.Response.Body.FlushAsync();
            half.SetResult();
            await aborted.Task;
        });
        provider.Http.Timeout = TimeSpan.FromMinutes(30);
        var client = new OpenAiChatClient(provider.Http, new OpenAiClientOptions { ModelId = "m", BaseUrl = provider.BaseUrl, ApiKey = () => "k", TimeProvider = time });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var call = client.GetResponseAsync("Hi", cancellationToken: caller.Token);
        await half.Task.WaitAsync(TestContext.Current.CancellationToken);
        if (callerLeaves)
        {
            await caller.CancelAsync();
            Assert.Equal(caller.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call)).CancellationToken);
        }
        else
        {
            time.Advance(TimeSpan.FromMinutes(30));
            var error = await Assert.ThrowsAsync<ProviderException>(() => call);
            Assert.Equal((ErrorKind.Timeout, ProviderFault.Transient), (error.Kind, error.Fault));
        }

        await aborted.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task AskAsync(ScriptedProvider provider, string client, bool stream)
    {
        if (client == "embeddings")
        {
            using var generator = new OpenAiEmbeddingGenerator(provider.Http, new OpenAiClientOptions { ModelId = "e", BaseUrl = provider.BaseUrl, ApiKey = () => "k" });
            await generator.GenerateAsync(["a"], cancellationToken: TestContext.Current.CancellationToken);
            return;
        }

        using IChatClient chat = client == "openai" ? provider.Client() : provider.Anthropic();
        if (stream)
            await chat.StreamAsync();
        else
            await chat.AskAsync();
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            Given += buffer.Length;
            return new ValueTask<int>(buffer.Length);
        }
    }
}
