using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serving.Endpoints.Options;

namespace Serving.Endpoints.Tests.Hosting;

public sealed class MapRunnableTests
{
    [Theory]
    [InlineData("joke")]
    [InlineData("/joke/")]
    [InlineData("/")]
    public async Task MapRunnable_BadPath_SaysWhatAPathIs(string path)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestHost.StartAsync(null, app => app.MapRunnable(path, TestChains.Echo)));

        Assert.Contains($"'{path}' must begin with a slash and not end with one, as in '/joke', or be empty", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/joke", "/joke")]
    [InlineData("/joke", "/Joke")]
    [InlineData("", "")]
    public async Task MapRunnable_PathTwice_SaysSo(string first, string second)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestHost.StartAsync(null, app =>
        {
            app.MapRunnable(first, TestChains.Echo);
            app.MapRunnable(second, TestChains.Echo);
        }));

        Assert.Contains($"2 chains are served at '{(first.Length == 0 ? "/" : first)}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapRunnable_WithoutAddServing_SaysWhatToCall()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var error = Assert.Throws<InvalidOperationException>(() => app.MapRunnable("/joke", TestChains.Echo));
        var catalog = Assert.Throws<InvalidOperationException>(() => app.MapRunnables());
        var health = Assert.Throws<InvalidOperationException>(() => app.MapServingHealth());

        Assert.Equal("Call builder.Services.AddServing() before MapRunnable.", error.Message);
        Assert.Contains("AddServing().AddChain(", catalog.Message, StringComparison.Ordinal);
        Assert.Equal("Call builder.Services.AddServing() before MapServingHealth.", health.Message);
    }

    [Fact]
    public async Task MapRunnables_Catalog_ServesEveryChainUnderItsName()
    {
        await using var app = await TestHost.StartAsync(
            builder => builder.Services.AddServing().AddChain("add", _ => TestChains.AddOne).AddChain("texts/echo", _ => TestChains.Echo),
            app => app.MapRunnables().AddEndpointFilter((context, next) =>
            {
                context.HttpContext.Response.Headers["X-All"] = "yes";
                return next(context);
            }));
        using var client = app.CreateClient();

        using var add = await client.PostAsync("/add/invoke", """{"input": 1}""");
        using var echo = await client.PostAsync("/texts/echo/invoke", """{"input": 1}""");

        Assert.Equal((200, 200), ((int)add.StatusCode, (int)echo.StatusCode));
        Assert.True(add.Headers.Contains("X-All") && echo.Headers.Contains("X-All"));
    }

    [Fact]
    public async Task Start_TwoGroupsLeadToOnePath_SaysSo()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestHost.StartAsync(null, app =>
        {
            app.MapGroup("/team").MapRunnable("/joke", TestChains.Echo);
            app.MapRunnable("/team/joke", TestChains.AddOne);
        }));

        Assert.Contains("2 chains are served at '/team/joke'", error.Message);
    }

    [Theory]
    [InlineData("/joke")]
    [InlineData("jo ke")]
    [InlineData("joke/{id}")]
    public void AddChain_NameThatIsNoPath_SaysWhatIsOne(string name)
    {
        var serving = new ServiceCollection().AddServing();

        Assert.Contains("letters, digits, dashes", Assert.Throws<ArgumentException>(() => serving.AddChain(name, _ => TestChains.Echo)).Message);
    }

    [Fact]
    public void AddChain_NameTwice_SaysSo()
    {
        var serving = WebApplication.CreateSlimBuilder().Services.AddServing().AddChain("joke", _ => TestChains.Echo);

        var error = Assert.Throws<ArgumentException>(() => serving.AddChain("joke", _ => TestChains.Echo));

        Assert.Contains("There is a chain 'joke' in the catalog already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapRunnable_UnderAGroup_CountsInTheRunName()
    {
        await using var app = await TestHost.StartAsync(null, app => app.MapGroup("/api/v1").MapRunnable("/echo", TestChains.Echo));
        using var client = app.CreateClient();

        var events = await client.StreamAsync("/api/v1/echo/stream_events", """{"input": 1}""");

        Assert.Equal("/api/v1/echo", events[0].Json.GetProperty("name").GetString());
        Assert.Equal(404, (await client.CallAsync("/echo/invoke", "{}")).Status);
    }

    [Fact]
    public async Task MapRunnable_SomeEndpoints_LeavesTheOthersOut()
    {
        await using var app = await TestHost.StartAsync(null, app =>
        {
            app.MapRunnable("/one", TestChains.Echo, options => options.Endpoints = ChainEndpoints.Invoke);
            app.MapRunnable("/hashed", TestChains.Echo, options => options.Endpoints = ChainEndpoints.Invoke | ChainEndpoints.ConfigHashes);
        });
        using var client = app.CreateClient();

        foreach (var path in new[] { "/one/batch", "/one/stream", "/one/input_schema", "/one/c/N4XyA/invoke", "/hashed/c/N4XyA/batch", "/nowhere", "/" })
        {
            var (status, json) = await client.CallAsync(path, """{"input": 1}""");
            Assert.Equal((path, 404), (path, status));
            Assert.Equal("Not Found", json.Message());
        }

        Assert.Equal(200, (await client.CallAsync("/one/invoke", """{"input": 1}""")).Status);
        Assert.Equal(200, (await client.CallAsync("/hashed/c/N4XyA/invoke", """{"input": 1}""")).Status);
    }

    [Theory]
    [InlineData("GET", "/echo/invoke", "POST")]
    [InlineData("PUT", "/echo/c/N4XyA/stream", "POST")]
    [InlineData("OPTIONS", "/echo/batch", "POST")]
    [InlineData("POST", "/echo/input_schema", "GET")]
    [InlineData("DELETE", "/health", "GET")]
    public async Task Request_WrongMethod_Is405WithAllowAndAJsonBody(string method, string path, string allow)
    {
        await using var app = await TestHost.StartAsync(null, app =>
        {
            app.MapRunnable("/echo", TestChains.Echo);
            app.MapServingHealth();
        });
        using var client = app.CreateClient();

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(405, (int)response.StatusCode);
        Assert.Equal(allow, Assert.Single(response.Content.Headers.Allow));
        Assert.Equal("Method Not Allowed", (await response.JsonAsync()).Message());
    }
}
