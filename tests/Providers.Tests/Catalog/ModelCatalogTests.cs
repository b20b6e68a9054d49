using System.Globalization;
using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Providers.Resilience;
using Serving.Runtime.Models;

namespace Serving.Providers.Tests.Catalog;

public sealed class ModelCatalogTests
{
    private const string Answer = """{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_KnownName_CallsItsClientWithItsOptions()
    {
        var client = ScriptedChatClient.Replying("Hello");
        using var catalog = new ModelCatalog(new ModelEntry("default", client) { Options = new ChatOptions { MaxOutputTokens = 5 } });

        var answer = await catalog.Chat("Default").InvokeAsync("Hi", Cancellation);

        Assert.Equal("Hello", answer.Text);
        Assert.Equal(5, Assert.Single(client.Calls).Options!.MaxOutputTokens);
    }

    [Fact]
    public void Chat_UnknownName_NamesThoseThereAre()
    {
        using var catalog = new ModelCatalog(new ModelEntry("default", ScriptedChatClient.Replying("Hello")), new ModelEntry("fast", ScriptedChatClient.Replying("Hello")));

        Assert.Contains("default, fast", Assert.Throws<ArgumentException>(() => catalog.Chat("slow")).Message);
        Assert.Contains("default, fast", Assert.Throws<ArgumentException>(() => catalog.Chat("openai:m")).Message);
        Assert.Throws<ArgumentException>(() => catalog.Embeddings("default"));
        Assert.Empty(catalog.Health);
    }

    [Fact]
    public void Create_NameTwice_SaysWhich()
    {
        var client = ScriptedChatClient.Replying("Hello");

        Assert.Contains("'default'", Assert.Throws<ArgumentException>(() => new ModelCatalog(new ModelEntry("default", client), new ModelEntry("default", client))).Message);
    }

    [Theory]
    [InlineData(ProviderKind.OpenAi, "/v1/chat/completions", "Authorization", "Bearer sk-canary-5f1d")]
    [InlineData(ProviderKind.Mistral, "/v1/chat/completions", "Authorization", "Bearer sk-canary-5f1d")]
    [InlineData(ProviderKind.Cohere, "/v1/chat/completions", "Authorization", "Bearer sk-canary-5f1d")]
    [InlineData(ProviderKind.Compatible, "/v1/chat/completions", "Authorization", "Bearer sk-canary-5f1d")]
    [InlineData(ProviderKind.AzureOpenAi, "/v1/openai/deployments/m/chat/completions?api-version=2025-01-01", "api-key", "sk-canary-5f1d")]
    public async Task Chat_ProviderOfAKind_IsCalledInItsWay(ProviderKind kind, string path, string header, string value)
    {
        await using var server = await ScriptedProvider.AnsweringAsync(Answer);
        using var catalog = Create(Provider(server) with { Kind = kind, ApiVersion = kind is ProviderKind.AzureOpenAi ? "2025-01-01" : null });

        var answer = await catalog.Chat("default").InvokeAsync("Hi", Cancellation);

        Assert.Equal("Hello", answer.Text);
        Assert.Equal(path, server.Call.Path);
        Assert.Equal(value, server.Call.Headers[header]);
    }

    [Fact]
    public async Task Chat_ProviderAnthropic_IsCalledInItsWayAndHasNoEmbeddings()
    {
        await using var server = await ScriptedProvider.AnsweringAsync("""{"type":"message","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}""");
        using var catalog = Create(Provider(server) with { Kind = ProviderKind.Anthropic });

        var answer = await catalog.Chat("default").InvokeAsync("Hi", Cancellation);

        Assert.Equal("Hello", answer.Text);
        Assert.Equal(("/v1/messages", ScriptedProvider.Key), (server.Call.Path, server.Call.Headers["x-api-key"]));
        Assert.Contains("has no embeddings", Assert.Throws<ArgumentException>(() => catalog.Embeddings("default")).Message);
    }

    [Fact]
    public async Task Chat_SettingsOfAName_HoldForItsFallbacks()
    {
        await using var server = await ScriptedProvider.StartAsync(async context =>
        {
            var isFirst = context.Request.Headers.Authorization.ToString().EndsWith("first", StringComparison.Ordinal);
            context.Response.StatusCode = isFirst ? 401 : 200;
            context.Response.ContentType = "application/json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, isFirst ? "{}" : Answer);
        });
        using var catalog = ModelCatalog.Create(new ModelCatalogOptions
        {
            Providers = new Dictionary<string, ProviderOptions> { ["one"] = Provider(server) with { ApiKey = ApiKey.Of("first") }, ["two"] = Provider(server) },
            Models = new Dictionary<string, ModelOptions>
            {
                ["default"] = new() { Model = "one:a", Fallbacks = ["ONE:a", "careful", "two:c"], Settings = new ChatOptions { Temperature = 0.5f } },
                ["careful"] = new() { Model = "two:b", Settings = new ChatOptions { Temperature = 0.1f, MaxOutputTokens = 7 } },
            },
        });

        var answer = await catalog.Chat("default").InvokeAsync("Hi", Cancellation);

        Assert.Equal("Hello", answer.Text);
        var calls = server.Calls.Select(call => (call.Body["model"]!.GetValue<string>(), call.Body["temperature"]!.GetValue<double>(), call.Body["max_tokens"]?.GetValue<int>() ?? 0));
        Assert.Equal([("a", 0.5, 0), ("b", 0.5, 7)], calls);
        Assert.Equal(["careful", "default"], catalog.Names);
        Assert.Equal([("one:a", BreakerState.Open), ("two:b", BreakerState.Closed), ("two:c", BreakerState.Closed)], catalog.Health.Select(health => (health.Name.ToString(), health.Breaker)));
    }

    [Fact]
    public async Task Chat_ModelThatIsNotListed_WorksWithItsProvider()
    {
        await using var server = await ScriptedProvider.AnsweringAsync(Answer);
        using var catalog = Create(Provider(server));

        await catalog.Chat("Openai:llama3.2:3b").InvokeAsync("Hi", Cancellation);

        Assert.Equal("llama3.2:3b", server.Body["model"]!.GetValue<string>());
        Assert.Contains(catalog.Health, health => health.Name == new ModelName("openai", "llama3.2:3b"));
    }

    [Theory]
    [InlineData("other:m", "there is no provider 'other'")]
    [InlineData("openai:", "must be provider:model")]
    [InlineData("keyless:m", "Providers:keyless:ApiKey is not set")]
    public void Chat_ModelThatCannotBeCalled_SaysWhy(string name, string expected)
    {
        using var catalog = ModelCatalog.Create(new ModelCatalogOptions
        {
            Providers = new Dictionary<string, ProviderOptions>
            {
                ["openai"] = new() { Kind = ProviderKind.OpenAi, ApiKey = ApiKey.Of("k") },
                ["keyless"] = new() { Kind = ProviderKind.OpenAi },
            },
        });

        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => catalog.Chat(name)).Message);
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => catalog.Embeddings(name)).Message);
    }

    [Fact]
    public async Task Chat_SeveralDeployments_ShareTheCallsByWeight()
    {
        await using var server = await ScriptedProvider.AnsweringAsync(Answer);
        var provider = new ProviderOptions
        {
            BaseUrl = server.BaseUrl,
            Deployments = [new DeploymentOptions { ApiKey = ApiKey.Of("one"), Weight = 3 }, new DeploymentOptions { ApiKey = ApiKey.Of("two"), BaseUrl = new Uri(server.BaseUrl, "/other") }],
        };
        var chances = new Queue<double>([0.1, 0.5, 0.7, 0.9]);
        using var catalog = Create(provider, new ResilienceServices { Random = chances.Dequeue });

        for (var i = 0; i < 4; i++)
            await catalog.Chat("default").InvokeAsync("Hi", Cancellation);

        Assert.Equal(
            [("/other/chat/completions", "Bearer two"), ("/v1/chat/completions", "Bearer one"), ("/v1/chat/completions", "Bearer one"), ("/v1/chat/completions", "Bearer one")],
            server.Calls.Select(call => (call.Path, call.Headers["Authorization"])).Order());
    }

    [Fact]
    public async Task Chat_BoundsOfAModel_WinOverItsProviders()
    {
        await using var server = await ScriptedProvider.AnsweringAsync("{}", status: 500);
        var patient = new ResilienceOptions { MaxRetries = 2, RetryBackoff = TimeSpan.Zero };
        using var catalog = ModelCatalog.Create(new ModelCatalogOptions
        {
            Providers = new Dictionary<string, ProviderOptions> { ["openai"] = Provider(server) with { Resilience = patient } },
            Models = new Dictionary<string, ModelOptions>
            {
                ["default"] = new() { Model = "openai:m" },
                ["once"] = new() { Model = "openai:m", Resilience = patient with { MaxRetries = 0 } },
                ["alias"] = new() { Model = "once" },
            },
        });

        await Assert.ThrowsAsync<ProviderException>(async () => await catalog.Chat("once").InvokeAsync("Hi", Cancellation));
        Assert.Single(server.Calls);
        await Assert.ThrowsAsync<ProviderException>(async () => await catalog.Chat("alias").InvokeAsync("Hi", Cancellation));
        Assert.Equal(2, server.Calls.Count);
        await Assert.ThrowsAsync<ProviderException>(async () => await catalog.Chat("default").InvokeAsync("Hi", Cancellation));
        Assert.Equal(5, server.Calls.Count);
    }

    [Fact]
    public async Task Chat_ClientOfOnesOwn_IsMadeOnceForEachModel()
    {
        var made = new List<string>();
        using var catalog = Create(new ProviderOptions
        {
            Client = model =>
            {
                made.Add(model);
                return ScriptedChatClient.Replying("I am " + model);
            },
        });

        var answers = new[] { await catalog.Chat("default").InvokeAsync("Hi", Cancellation), await catalog.Chat("openai:other").InvokeAsync("Hi", Cancellation) };
        catalog.Chat("openai:other");

        Assert.Equal(["I am m", "I am other"], answers.Select(answer => answer.Text));
        Assert.Equal(["m", "other"], made);
        Assert.Throws<ArgumentException>(() => catalog.Embeddings("default"));
    }

    [Fact]
    public async Task Chat_KeyInAFileChanges_NextCallHasTheNewOne()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "first\n", Cancellation);
            await using var server = await ScriptedProvider.AnsweringAsync(Answer);
            var time = new Serving.Tests.ManualTimeProvider();
            using var catalog = Create(Provider(server) with { ApiKey = ApiKey.InFile(path) }, new ResilienceServices { TimeProvider = time });

            await catalog.Chat("default").InvokeAsync("Hi", Cancellation);
            await File.WriteAllTextAsync(path, "second\n", Cancellation);
            time.Advance(TimeSpan.FromSeconds(1));
            await catalog.Chat("default").InvokeAsync("Hi", Cancellation);

            Assert.Equal(["Bearer first", "Bearer second"], server.Calls.Select(call => call.Headers["Authorization"]));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Chat_KeyRefusedAndChanged_IsTriedAgainAtOnce()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "bad", Cancellation);
            await using var server = await ScriptedProvider.StartAsync(async context =>
            {
                var isGood = context.Request.Headers.Authorization == "Bearer good";
                context.Response.StatusCode = isGood ? 200 : 401;
                context.Response.ContentType = "application/json";
                await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, isGood ? Answer : "{}");
            });
            var time = new Serving.Tests.ManualTimeProvider();
            using var catalog = Create(Provider(server) with { ApiKey = ApiKey.InFile(path) }, new ResilienceServices { TimeProvider = time });

            await Assert.ThrowsAsync<ProviderException>(async () => await catalog.Chat("default").InvokeAsync("Hi", Cancellation));
            await Assert.ThrowsAsync<ProviderException>(async () => await catalog.Chat("default").InvokeAsync("Hi", Cancellation));
            var health = Assert.Single(catalog.Health);
            await File.WriteAllTextAsync(path, "good", Cancellation);
            time.Advance(TimeSpan.FromSeconds(1));
            var answer = await catalog.Chat("default").InvokeAsync("Hi", Cancellation);

            Assert.Equal((BreakerState.Open, true), (health.Breaker, health.RetryAfter > TimeSpan.Zero));
            Assert.Equal("Hello", answer.Text);
            Assert.Equal(2, server.Calls.Count);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Embeddings_OfAName_AreThoseOfItsModel()
    {
        await using var server = await ScriptedProvider.AnsweringAsync("""{"data":[{"index":0,"embedding":[1,2]}]}""");
        using var catalog = Create(Provider(server));

        var embeddings = await catalog.Embeddings("default").GenerateAsync(["Hi"], cancellationToken: Cancellation);

        Assert.Equal([1f, 2f], embeddings[0].Vector.ToArray());
        Assert.Equal("/v1/embeddings", server.Call.Path);
    }

    [Fact]
    public async Task Embeddings_NoAnswer_EndWithTheTimeOfAnAttempt()
    {
        var hang = new TaskCompletionSource();
        await using var server = await ScriptedProvider.StartAsync(_ => hang.Task);
        using var catalog = Create(Provider(server) with { Resilience = new ResilienceOptions { AttemptTimeout = TimeSpan.FromMilliseconds(100) } });

        var error = await Assert.ThrowsAsync<ProviderException>(() => catalog.Embeddings("openai:e").GenerateAsync(["Hi"], cancellationToken: Cancellation));
        hang.SetResult();

        Assert.Equal(Serving.Runtime.Errors.ErrorKind.Timeout, error.Kind);
    }

    [Fact]
    public async Task Dispose_AfterCalls_ClosesTheConnections()
    {
        await using var server = await ScriptedProvider.AnsweringAsync(Answer);
        var catalog = Create(Provider(server));
        var model = catalog.Chat("default");
        await model.InvokeAsync("Hi", Cancellation);

        catalog.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(async () => await model.InvokeAsync("Hi", Cancellation));
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Chat_ManyThreads_ShareOneModelAndItsLimit()
    {
        var inFlight = 0;
        var most = 0;
        await using var server = await ScriptedProvider.StartAsync(async context =>
        {
            var now = Interlocked.Increment(ref inFlight);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inFlight);
            context.Response.ContentType = "application/json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, Answer);
        });
        using var catalog = Create(Provider(server) with { MaxCalls = 2 });

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(
            async () => await catalog.Chat(string.Create(CultureInfo.InvariantCulture, $"openai:m{i % 4}")).InvokeAsync("Hi", Cancellation), Cancellation)));

        Assert.InRange(most, 1, 2);
        Assert.Equal(5, catalog.Health.Count);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen && Interlocked.CompareExchange(ref target, value, seen) != seen;)
            seen = Volatile.Read(ref target);
    }

    private static ProviderOptions Provider(ScriptedProvider server) => new() { BaseUrl = server.BaseUrl, ApiKey = ApiKey.Of(ScriptedProvider.Key) };

    private static ModelCatalog Create(ProviderOptions provider, ResilienceServices? services = null) => ModelCatalog.Create(
        new ModelCatalogOptions
        {
            Providers = new Dictionary<string, ProviderOptions> { ["openai"] = provider },
            Models = new Dictionary<string, ModelOptions> { ["default"] = new() { Model = "openai:m" } },
        },
        services);
}
