using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Serving.Providers.Tests;

namespace Serving.Host.Tests.Settings;

/// <summary>The host reaches providers by its settings alone.</summary>
public sealed class ProviderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAi_KeyAndBaseUrl_ServeTheSampleChains()
    {
        await using var provider = await ScriptedProvider.StartAsync(AnswerAsync);
        await using var host = await RunningHost.StartAsync($"--OPENAI_API_KEY={ScriptedProvider.Key}", $"--OPENAI_BASE_URL={provider.BaseUrl}");

        var answer = await InvokeAsync(host, "/compare/invoke", new { question = "Why?" });

        Assert.Equal("I am gpt-5.4-mini", answer.GetProperty("default").GetString());
        Assert.Equal("I am gpt-5.4-nano", answer.GetProperty("fast").GetString());
        Assert.All(provider.Calls, call => Assert.Equal($"Bearer {ScriptedProvider.Key}", call.Headers["Authorization"]));
    }

    [Fact]
    public async Task Anthropic_KeyAndBaseUrl_ServeTheSampleChains()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("""{"type":"message","content":[{"type":"text","text":"Polly."}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}""");
        await using var host = await RunningHost.StartAsync($"--ANTHROPIC_API_KEY={ScriptedProvider.Key}", $"--ANTHROPIC_BASE_URL={provider.BaseUrl}");

        var answer = await InvokeAsync(host, "/joke/invoke", new { topic = "parrots" });

        Assert.Equal("Polly.", answer.GetString());
        Assert.Equal(
            ("/v1/messages", ScriptedProvider.Key, "claude-haiku-5-5"),
            (provider.Call.Path, provider.Call.Headers["x-api-key"], provider.Body["model"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("ollama:llama3.2", "OLLAMA_BASE_URL")]
    [InlineData("vllm:meta/llama:8b", "VLLM_BASE_URL")]
    [InlineData("lmstudio:m", "LMSTUDIO_BASE_URL")]
    [InlineData("llamacpp:m", "LLAMACPP_BASE_URL")]
    [InlineData("compatible:m", "COMPATIBLE_BASE_URL")]
    public async Task DefaultModel_OfALocalServer_NeedsNoKey(string model, string setting)
    {
        await using var provider = await ScriptedProvider.StartAsync(AnswerAsync);
        await using var host = await RunningHost.StartAsync($"--DEFAULT_MODEL={model}", $"--{setting}={provider.BaseUrl}");

        var answer = await InvokeAsync(host, "/joke/invoke", new { topic = "parrots" });

        Assert.Equal($"I am {model[(model.IndexOf(':', StringComparison.Ordinal) + 1)..]}", answer.GetString());
        Assert.False(provider.Call.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Azure_EndpointKeyAndVersion_AreSentInItsWay()
    {
        await using var provider = await ScriptedProvider.StartAsync(AnswerAsync);
        await using var host = await RunningHost.StartAsync(
            "--DEFAULT_MODEL=azure:mine", $"--AZURE_OPENAI_API_KEY={ScriptedProvider.Key}", $"--AZURE_OPENAI_ENDPOINT={provider.BaseUrl.GetLeftPart(UriPartial.Authority)}/", "--AZURE_OPENAI_API_VERSION=2025-01-01");

        await InvokeAsync(host, "/joke/invoke", new { topic = "parrots" });

        Assert.Equal("/openai/deployments/mine/chat/completions?api-version=2025-01-01", provider.Call.Path);
        Assert.Equal(ScriptedProvider.Key, provider.Call.Headers["api-key"]);
    }

    [Fact]
    public async Task FallbackModels_DefaultDown_AnswerInOrderAndReadySaysSo()
    {
        await using var provider = await ScriptedProvider.StartAsync(async context =>
        {
            context.Response.StatusCode = 401;
            await context.Response.WriteAsync("{}");
        });
        await using var host = await RunningHost.StartAsync($"--OPENAI_API_KEY={ScriptedProvider.Key}", $"--OPENAI_BASE_URL={provider.BaseUrl}", "--FALLBACK_MODELS=offline:offline");

        var answer = await InvokeAsync(host, "/joke/invoke", new { topic = "parrots" });
        var ready = await host.Client.GetAsync("/ready", Cancellation);
        var models = (await ready.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("models").EnumerateArray().ToList();

        Assert.Contains("offline model", answer.GetString());
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(
            [("offline:offline", "closed"), ("openai:gpt-5.4-mini", "open"), ("openai:gpt-5.4-nano", "closed")],
            models.Select(model => (model.GetProperty("model").GetString()!, model.GetProperty("breaker").GetString()!)));
        Assert.InRange(models[1].GetProperty("retry_in_seconds").GetInt64(), 1, 300);
        Assert.False(models[0].TryGetProperty("retry_in_seconds", out _));
    }

    [Fact]
    public async Task Ready_Offline_TellsOfItsModel()
    {
        await using var host = await RunningHost.StartAsync();

        Assert.Equal(
            """{"status":"ready","in_flight":0,"limit":1000,"models":[{"model":"offline:offline","breaker":"closed"}]}""",
            await host.Client.GetStringAsync("/ready", Cancellation));
    }

    [Fact]
    public async Task Models_SectionOfSettings_ReachesTheProvider()
    {
        await using var provider = await ScriptedProvider.StartAsync(AnswerAsync);
        await using var host = await RunningHost.StartAsync(
            "--Providers:mine:Kind=Compatible",
            $"--Providers:mine:Deployments:0:BaseUrl={provider.BaseUrl}",
            "--Models:default:Model=mine:m",
            "--Models:default:Temperature=0.25",
            "--Models:default:MaxOutputTokens=9",
            "--Models:default:StopSequences:0=END");

        await InvokeAsync(host, "/joke/invoke", new { topic = "parrots" });

        Assert.Equal((0.25, 9, "END"), (provider.Body["temperature"]!.GetValue<double>(), provider.Body["max_tokens"]!.GetValue<int>(), provider.Body["stop"]![0]!.GetValue<string>()));
    }

    [Fact]
    public async Task KeyFile_ChangedWhileRunning_TakesEffect()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "bad-key\n", Cancellation);
            await using var provider = await ScriptedProvider.StartAsync(async context =>
            {
                if (context.Request.Headers.Authorization == "Bearer good-key")
                {
                    await AnswerAsync(context);
                    return;
                }

                context.Response.StatusCode = 401;
                await context.Response.WriteAsync("{}");
            });
            await using var host = await RunningHost.StartAsync($"--OPENAI_API_KEY_FILE={path}", $"--OPENAI_BASE_URL={provider.BaseUrl}");
            var before = await host.Client.PostAsJsonAsync("/joke/invoke", new { input = new { topic = "parrots" } }, Cancellation);

            await File.WriteAllTextAsync(path, "good-key\n", Cancellation);
            // The file is looked at once a second by the host's own clock.
            var after = before;
            while (after.StatusCode != HttpStatusCode.OK)
                after = await host.Client.PostAsJsonAsync("/joke/invoke", new { input = new { topic = "parrots" } }, Cancellation);

            Assert.Equal(HttpStatusCode.BadGateway, before.StatusCode);
            Assert.Equal(2, provider.Calls.Count);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Start_ModelsAndLimitsWrong_TellsAllOfThem()
    {
        var invalid = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            RunningHost.StartAsync("--ENABLE_HEALTH_CHECKS=false", "--MAX_BATCH_SIZE=0", "--LOG_FORMAT=xml", "--DEFAULT_MODEL=nothing", "--MAX_RETRIES=99"));

        Assert.Equal(
            ["DEFAULT_MODEL", "LOG_FORMAT", "MAX_BATCH_SIZE", "MAX_RETRIES"],
            invalid.Failures.Select(failure => failure.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    private static Task AnswerAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new { choices = new[] { new { message = new { content = $"I am {context.Features.GetRequiredFeature<ProviderCall>().Body["model"]}" }, finish_reason = "stop" } } }, Cancellation);

    private static async Task<JsonElement> InvokeAsync(RunningHost host, string path, object input)
    {
        var answer = await host.Client.PostAsJsonAsync(path, new { input }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("output");
    }
}
