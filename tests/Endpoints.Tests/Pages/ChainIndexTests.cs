using Microsoft.AspNetCore.Builder;
using Serving.Endpoints.Options;
using Serving.Endpoints.Tests.OpenApi;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Pages;

public sealed class ChainIndexTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private static readonly Runnable<string, string> Joke = Runnable.Lambda<string, string>("joke", text => text);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/json, text/html;q=0.5")]
    [InlineData("no such thing")]
    public async Task Index_ToAProgram_ListsChainsAsJson(string? accept)
    {
        await using var site = await Site.StartAsync(app =>
        {
            app.MapRunnable("", Joke, options => options.Endpoints = ChainEndpoints.Invoke | ChainEndpoints.ConfigHashes);
            app.MapGroup("/api/v1").MapRunnable("/joke", Joke, options =>
            {
                options.Description = "Tells jokes.";
                options.Endpoints = ChainEndpoints.Stream | ChainEndpoints.InputSchema;
            });
        });

        using var response = await GetAsync(site, accept);

        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            """
            {"chains":[{"name":"joke","path":"","description":null,"endpoints":["invoke"]},{"name":"joke","path":"/api/v1/joke","description":"Tells jokes.","endpoints":["stream","input_schema"]}]}
            """,
            await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Index_ToABrowser_IsAPageOfLinksThatLead()
    {
        await using var site = await Site.StartAsync(app =>
        {
            app.MapServingHealth();
            app.MapRunnable("/joke", Joke);
        });

        using var response = await GetAsync(site, Browser);
        var page = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("Accept", response.Headers.Vary.Single());
        var links = Links(page);
        Assert.Equal(["/docs", "/openapi/v1.json", "/health", "/ready", "/joke/input_schema", "/joke/output_schema", "/joke/config_schema"], links);
        foreach (var link in links)
        {
            using var target = await site.Client.GetAsync(link, Token);
            Assert.True((int)target.StatusCode < 400, link);
        }
    }

    [Fact]
    public async Task Index_ToABrowser_EncodesWhatChainsSay()
    {
        const string script = "<script>alert('x')</script>";
        await using var site = await Site.StartAsync(app => app.MapRunnable("/joke", Joke, options =>
        {
            options.Name = script;
            options.Description = $"\"{script}\" & more";
        }));

        using var response = await GetAsync(site, Browser);
        var page = await response.Content.ReadAsStringAsync(Token);

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_BehindAPathBase_LinksBelowIt()
    {
        await using var site = await Site.StartAsync(app =>
        {
            app.UsePathBase("/llm");
            app.UseRouting();
            app.MapGroup("/{tenant}").MapRunnable("/joke", Joke);
        });

        using var request = new HttpRequestMessage(HttpMethod.Get, "/llm/");
        request.Headers.TryAddWithoutValidation("Accept", Browser);
        using var response = await site.Client.SendAsync(request, Token);

        // A path with parameters leads nowhere, so it is no link.
        Assert.Equal(["/llm/docs", "/llm/openapi/v1.json"], Links(await response.Content.ReadAsStringAsync(Token)));
    }

    private static async Task<HttpResponseMessage> GetAsync(Site site, string? accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await site.Client.SendAsync(request, Token);
    }

    private static List<string> Links(string page) =>
        [.. page.Split("<a href=\"").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)])];
}
