using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Serving.Providers.OpenAi;

namespace Serving.Providers.Tests.Wire;

/// <summary>A key that providers repeat in whatever goes wrong is found nowhere: in no exception, no activity, no event of the HTTP client.</summary>
[Collection(ListenerCollection.Name)]
public sealed class CanaryTests
{
    private const string Key = ScriptedProvider.Key;

    public static TheoryData<string> Failures() => ["status", "code", "page", "whole", "stream error", "reset", "garbage", "timeout", "truncated"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Key_RepeatedByTheProvider_IsFoundNowhere(string failure)
    {
        using var sink = new Sink();
        foreach (var client in new[] { "openai", "anthropic", "embeddings" })
        {
            foreach (var stream in new[] { false, true })
            {
                if (stream && client == "embeddings")
                    continue;
                await using var provider = await ScriptedProvider.StartAsync(context => FailAsync(context, failure, stream));
                if (failure == "timeout")
                    provider.Http.Timeout = TimeSpan.FromMilliseconds(200);

                var error = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(provider, client, stream));

                for (var inner = error; inner is not null; inner = inner.InnerException)
                    sink.Seen.Enqueue(inner.ToString());
                if (error is Serving.Providers.Errors.ProviderException known)
                    sink.Seen.Enqueue($"{known.ProviderCode} {known.ProviderMessage}");
                Assert.NotEmpty(provider.Calls);
            }
        }

        Assert.NotEmpty(sink.Seen);
        Assert.Contains(sink.Seen, seen => seen.Contains("HttpRequestOut", StringComparison.Ordinal));
        Assert.DoesNotContain(sink.Seen, seen => seen.Contains(Key, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task ProviderMessage_HasTheSentenceWithoutTheKey()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync($$$"""{"error":{"message":"Incorrect API key provided: {{{Key}}}.","type":"invalid_request_error"}}""", 401);

        foreach (var client in new IChatClient[] { provider.Client(), provider.Anthropic() })
            Assert.Equal("Incorrect API key provided: ***.", (await Assert.ThrowsAsync<Serving.Providers.Errors.ProviderException>(() => client.AskAsync())).ProviderMessage);
    }

    private static async Task FailAsync(HttpContext context, string failure, bool stream)
    {
        var response = context.Response;
        response.ContentType = stream ? "text/event-stream" : "application/json";
        switch (failure)
        {
            case "status":
                response.StatusCode = 401;
                await response.WriteAsync($$$"""{"error":{"message":"Incorrect API key provided: {{{Key}}}"}}""");
                break;
            case "code":
                response.StatusCode = 400;
                await response.WriteAsync($$$"""{"error":{"code":"{{{Key}}}","type":"{{{Key}}}","message":"{{{Key}}}"}}""");
                break;
            case "page":
                response.ContentType = "text/html";
                await response.WriteAsync($"<html>{Key}</html>");
                break;
            case "timeout":
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
            default:
                if (failure == "whole" || !stream)
                {
                    response.ContentType = "application/json";
                    await response.WriteAsync(failure == "garbage" ? $"{{{Key}" : $$$"""{"error":{"message":"{{{Key}}}","code":"{{{Key}}}"}}""");
                    break;
                }

                await response.WriteAsync($$$"""data: {"type":"content_block_delta","choices":[{"delta":{"content":"A"}}],"delta":{"type":"text_delta","text":"A"}}""" + "\n\n");
                await response.Body.FlushAsync();
                if (failure == "reset")
                    context.Abort();
                else if (failure == "garbage")
                    await response.WriteAsync($"data: {Key}\n\n");
                else if (failure == "stream error")
                    await response.WriteAsync($$$"""data: {"type":"error","error":{"message":"{{{Key}}}","type":"{{{Key}}}"}}""" + "\n\n");
                break;
        }
    }

    private static async Task AskAsync(ScriptedProvider provider, string client, bool stream)
    {
        if (client == "embeddings")
        {
            using var generator = new OpenAiEmbeddingGenerator(provider.Http, new OpenAiClientOptions { ModelId = "e", BaseUrl = provider.BaseUrl, ApiKey = () => Key });
            await generator.GenerateAsync(["a"], cancellationToken: TestContext.Current.CancellationToken);
            return;
        }

        using IChatClient chat = client == "openai" ? provider.Client() : provider.Anthropic();
        if (stream)
            await chat.StreamAsync();
        else
            await chat.AskAsync();
    }

    /// <summary>Everything that activities and the HTTP client's events tell.</summary>
    private sealed class Sink : EventListener
    {
        private readonly ActivityListener _activities;

        public Sink()
        {
            _activities = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => Seen.Enqueue(
                    $"{activity.OperationName} {activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} "
                    + string.Join(' ', activity.Events.SelectMany(e => e.Tags.Append(new(e.Name, null))))),
            };
            ActivitySource.AddActivityListener(_activities);
        }

        public ConcurrentQueue<string> Seen { get; } = new();

        public override void Dispose()
        {
            _activities.Dispose();
            base.Dispose();
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            // The telemetry that tools listen to. What the runtime writes for its own debugging has the headers, and is not for hosts to turn on.
            if (eventSource.Name is "System.Net.Http" or "System.Net.NameResolution" or "System.Net.Security" or "System.Net.Sockets")
                EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            Seen?.Enqueue($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? new([]))}");
    }
}
