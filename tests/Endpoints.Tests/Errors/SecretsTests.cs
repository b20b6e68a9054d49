using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Serving.Runtime.Agents;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Models;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tools;

namespace Serving.Endpoints.Tests.Errors;

/// <summary>What a chain throws stays in the host, however it fails and wherever its text hides.</summary>
public sealed class SecretsTests
{
    private const string Secret = "sk-s3cr3t";

    private static readonly Dictionary<string, Func<Exception>> Errors = new(StringComparer.Ordinal)
    {
        ["plain"] = () => new InvalidOperationException(Secret),
        ["data"] = () => new IOException("disk") { Data = { [Secret] = Secret } },
        ["inner"] = () => new HttpRequestException("provider", new InvalidOperationException(Secret, new TimeoutException(Secret))),
        ["many"] = () => new AggregateException(Secret, new IOException(Secret), new InvalidOperationException(Secret)),
        ["type"] = () => new SkS3cr3tException(),
        ["json"] = () => new JsonException(Secret, Secret, 1, 2),
        ["public with a hidden cause"] = () => new ServingException(ErrorKind.BadGateway, "The provider broke.", new InvalidOperationException(Secret)),
        ["internal kind"] = () => new ServingException(ErrorKind.Internal, Secret),
        ["parser"] = () => new OutputParserException("The answer is no JSON.", Secret),
        ["cancelled"] = () => new OperationCanceledException(Secret),
        ["argument"] = () => new ArgumentException(Secret, Secret),
    };

    public static TheoryData<string> Kinds => [.. Errors.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Failure_OfAnyKind_TellsNoSecret(string kind)
    {
        await using var app = await TestHost.StartAsync(null, app =>
        {
            foreach (var (name, chain) in ChainsOf(Errors[kind]))
                app.MapRunnable("/" + name, chain, options => options.IncludeCallbackEvents = true);
        });
        using var client = app.CreateClient();

        foreach (var (name, _) in ChainsOf(Errors[kind]))
        {
            foreach (var endpoint in new[] { "invoke", "batch", "stream", "stream_log", "stream_events" })
            {
                foreach (var flag in new[] { "false", "true" })
                {
                    using var response = await client.PostAsync($"/{name}/{endpoint}", $$"""{"input": {"a": 1}, "inputs": [{"a": 1}, {"a": 2}], "return_exceptions": {{flag}}}""");
                    var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                    var headers = response.Headers + response.Content.Headers.ToString();

                    Assert.DoesNotContain("s3cr3t", text + headers + response.ReasonPhrase, StringComparison.OrdinalIgnoreCase);
                    Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
                    Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
                    Assert.Contains(name == "agent" ? "Error:" : "", text, StringComparison.Ordinal);
                    Assert.True(name is "fallback" or "agent" || text.Contains("message", StringComparison.Ordinal), $"{name}/{endpoint}: {text}");
                }
            }
        }
    }

    private static IEnumerable<(string Name, IRunnable Chain)> ChainsOf(Func<Exception> error)
    {
        var throws = Runnable.Lambda<JsonElement, string>("throws", _ => throw error());
        yield return ("lambda", throws);
        yield return ("late", Runnable.Generator<JsonElement, string>("late", (_, context) => LateAsync(error, context)));
        yield return ("sequence", Runnable.Lambda<JsonElement, JsonElement>("first", value => value).Pipe(throws).Pipe(text => text.Length));
        yield return ("map", Runnable.Parallel<JsonElement>(("good", TestChains.Echo), ("bad", throws)));
        yield return ("tool", Tool.Create(int (int a) => throw error(), "tool", "Fails."));
        yield return ("agent", Runnable.Lambda<JsonElement, PromptValue>("ask", _ => "Use the tool, and give me its message.")
            .Pipe(new ToolCallingAgent(new ChatModel(new OfflineChatClient()), [Tool.Create(int () => throw error(), "tool", "Fails.")])));
        yield return ("fallback", throws.WithFallbacks(_ => true, Runnable.Lambda<JsonElement, string>("instead", _ => "message")));
        yield return ("output", Runnable.Lambda<JsonElement, ChainValues>("output", _ => ChainValues.Of("value", new Bad(error))));
        yield return ("event", Runnable.LambdaAsync<JsonElement, string>("event", async (_, context) =>
        {
            await context.SendEventAsync("progress", 1);
            throw error();
        }));
    }

    private static async IAsyncEnumerable<string> LateAsync(Func<Exception> error, RunContext context)
    {
        await Task.Yield();
        context.CancellationToken.ThrowIfCancellationRequested();
        yield return "message";
        throw error();
    }

    private sealed class SkS3cr3tException : Exception;

    private sealed class Bad(Func<Exception> error)
    {
        public string Value => throw error();
    }
}
