using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;

namespace Serving.Endpoints.Tests.Handlers;

public sealed class RequestServicesTests
{
    [Fact]
    public async Task Services_StepsOfOneRequest_ShareAScopeThatEndsWithIt()
    {
        var seen = new List<Scoped>();
        var chain = Runnable.Parallel<JsonElement>(
            ("left", Runnable.Lambda<JsonElement, string>("left", (_, context) => Note(context))),
            ("right", Runnable.Lambda<JsonElement, string>("right", (_, context) => Note(context))));
        await using var app = await StartAsync(app => app.MapRunnable("/both", chain));
        using var client = app.CreateClient();

        await client.CallAsync("/both/invoke", """{"input": 1}""");
        await client.CallAsync("/both/invoke", """{"input": 1}""");

        Assert.Equal(4, seen.Count);
        Assert.Equal(2, seen.Distinct().Count());
        Assert.All(seen, scoped => Assert.True(SpinWait.SpinUntil(() => scoped.IsDisposed, TestHost.Timeout)));

        string Note(RunContext context)
        {
            lock (seen)
                seen.Add(context.Services!.GetRequiredService<Scoped>());
            return "noted";
        }
    }

    [Fact]
    public async Task Services_KeyedAndLimitsOfPrompts_AreThere()
    {
        var chain = Runnable.Lambda<JsonElement, string>(
            "ask", (_, context) => $"{context.Services!.GetRequiredKeyedService<string>("name")} {context.Services!.GetRequiredService<PromptLimits>().MaxPromptLength}");
        await using var app = await StartAsync(app => app.MapRunnable("/ask", chain));
        using var client = app.CreateClient();

        var (_, json) = await client.CallAsync("/ask/invoke", """{"input": 1}""");

        Assert.Equal("keyed 7", json.GetProperty("output").GetString());
    }

    [Fact]
    public async Task Services_AskedAfterTheRequest_AreGone()
    {
        IServiceProvider? kept = null;
        var chain = Runnable.Lambda<JsonElement, string>("keep", (_, context) =>
        {
            kept = context.Services;
            return "kept";
        });
        await using var app = await StartAsync(app => app.MapRunnable("/keep", chain));
        using var client = app.CreateClient();

        await client.CallAsync("/keep/invoke", """{"input": 1}""");

        Assert.True(SpinWait.SpinUntil(IsGone, TestHost.Timeout));

        bool IsGone()
        {
            try
            {
                kept!.GetService(typeof(Scoped));
                return false;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    private static Task<WebApplication> StartAsync(Action<WebApplication> map) => TestHost.StartAsync(
        builder =>
        {
            builder.Services.AddScoped<Scoped>();
            builder.Services.AddKeyedSingleton("name", "keyed");
            builder.Services.AddSingleton(new PromptLimits { MaxPromptLength = 7 });
        },
        map);

    private sealed class Scoped : IDisposable
    {
        private volatile bool _isDisposed;

        public bool IsDisposed => _isDisposed;

        public void Dispose() => _isDisposed = true;
    }
}
