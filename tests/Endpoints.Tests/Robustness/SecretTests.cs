using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Serving.Runtime.Errors;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Robustness;

/// <summary>What an exception knows stays on the server, whatever the endpoint and however deep the secret sits.</summary>
public sealed class SecretTests
{
    private const string Secret = "sk-very-secret-4711";

    public static TheoryData<string, string> Calls => new()
    {
        { "invoke", """{"input": 1}""" },
        { "batch", """{"inputs": [1, 2]}""" },
        { "batch", """{"inputs": [1, 2], "return_exceptions": true}""" },
        { "stream", """{"input": 1}""" },
        { "stream_log", """{"input": 1}""" },
        { "stream_events", """{"input": 1}""" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Exception_HoldingASecret_IsAnsweredWithoutIt(string endpoint, string body)
    {
        await using var app = await TestHost.StartAsync(null, app =>
        {
            app.MapRunnable("/plain", Throwing(Hidden), options => options.IncludeCallbackEvents = true);
            app.MapRunnable("/public", Throwing(() => new ServingException(ErrorKind.ProviderUnavailable, "The provider does not answer.", Hidden())));
            app.MapRunnable("/late", TestChains.Failing(Hidden, "one", "two"));
            app.MapRunnable("/saved", Throwing(Hidden).WithFallbacks(TestChains.Echo), options => options.IncludeCallbackEvents = true);
        });
        using var client = app.CreateClient();

        foreach (var path in (string[])["/plain", "/public", "/late", "/saved"])
        {
            using var answer = await client.PostAsync($"{path}/{endpoint}", body);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) + answer.Headers;

            Assert.DoesNotContain(Secret, text);
            Assert.DoesNotContain(nameof(SecretTests), text);
            Assert.DoesNotContain("Exception", text);
        }
    }

    private static Runnable<JsonElement, JsonElement> Throwing(Func<Exception> error) => Runnable.Lambda<JsonElement, JsonElement>("throwing", _ => throw error());

    private static Exception Hidden()
    {
        var error = new InvalidOperationException($"key {Secret} was refused", new ArgumentException(Secret, Secret));
        error.Data["key"] = Secret;
        return new AggregateException(Secret, error);
    }
}
