using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Runs;
using Serving.Tests;

namespace Serving.Runtime.Tests.Runs;

public sealed class ModelWaitTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly GatedClient _client = new();
    private readonly ModelWait _wait;
    private readonly RunContext _context;

    public ModelWaitTests()
    {
        _wait = new ModelWait(_time);
        _context = RunContext.Create(timeProvider: _time, modelWait: _wait, cancellationToken: TestContext.Current.CancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private static PromptValue Prompt => new StringPromptValue("Hi");

    [Fact]
    public void Waits_ThatOverlap_CountOnce()
    {
        Pass(1);
        _wait.Begin();
        Pass(2);
        _wait.Begin();
        Pass(4);
        _wait.End();
        Pass(8);
        Assert.Equal(14, _wait.Elapsed.TotalSeconds); // one goes on
        _wait.End();
        Pass(16);
        _wait.Begin();
        Pass(32);
        _wait.End();

        Assert.Equal(2 + 4 + 8 + 32, _wait.Elapsed.TotalSeconds);
    }

    [Fact]
    public async Task Invoke_OfAModel_IsWaitedFor()
    {
        var chat = new ChatModel(_client).InvokeAsync(Prompt, _context);
        var text = new TextModel(_client).InvokeAsync(Prompt, _context);
        Pass(3);
        _client.Go();
        await chat;
        await text;
        Pass(5);

        Assert.Equal(3, _wait.Elapsed.TotalSeconds);
    }

    [Fact]
    public async Task Stream_OfAChatModel_IsWaitedForAndItsReaderNot() => await StreamAsync(new ChatModel(_client).StreamAsync(Prompt, _context));

    [Fact]
    public async Task Stream_OfATextModel_IsWaitedForAndItsReaderNot() => await StreamAsync(new TextModel(_client).StreamAsync(Prompt, _context));

    [Fact]
    public async Task Model_ThatFails_EndsTheWait()
    {
        var call = new ChatModel(_client).InvokeAsync(Prompt, _context);
        Pass(3);
        _client.Fail(new InvalidOperationException());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await call);
        Pass(5);

        Assert.Equal(3, _wait.Elapsed.TotalSeconds);
    }

    private async Task StreamAsync<T>(IAsyncEnumerable<T> stream)
    {
        await using var pieces = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var i = 0; i < 2; i++)
        {
            var move = pieces.MoveNextAsync();
            Pass(3);
            _client.Go();
            Assert.True(await move);
            Pass(10);
        }

        Assert.Equal(6, _wait.Elapsed.TotalSeconds);
    }

    private void Pass(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Gives a whole answer, or the next piece, when it is let go.</summary>
    private sealed class GatedClient : IChatClient
    {
        private TaskCompletionSource _gate = new();

        public void Go() => Interlocked.Exchange(ref _gate, new TaskCompletionSource()).SetResult();

        public void Fail(Exception error) => _gate.SetException(error);

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            await _gate.Task;
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, "Hi."));
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await _gate.Task;
                yield return new ChatResponseUpdate(ChatRole.Assistant, "Hi.");
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
