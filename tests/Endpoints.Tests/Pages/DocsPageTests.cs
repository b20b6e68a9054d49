using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Serving.Endpoints.Tests.OpenApi;
using Serving.Runtime.Runnables;

namespace Serving.Endpoints.Tests.Pages;

public sealed partial class DocsPageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Docs_WithoutInternet_HasAllItsAssets()
    {
        await using var site = await Site.StartAsync(app => app.MapRunnable("/joke", Runnable.Lambda<string, string>("joke", text => text)));
        using var redirect = await site.Client.GetAsync("/docs", Token);
        Assert.Equal(HttpStatusCode.MovedPermanently, redirect.StatusCode);
        var address = new Uri(new Uri(site.Client.BaseAddress!, "/docs"), redirect.Headers.Location!);

        var page = await site.Client.GetStringAsync(address, Token);

        var assets = Asset().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.Contains(assets, asset => asset.EndsWith("swagger-ui-bundle.js", StringComparison.Ordinal));
        foreach (var asset in assets)
        {
            Assert.DoesNotContain("//", asset);
            using var response = await site.Client.GetAsync(new Uri(address, asset), Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(Token));
            if (asset.EndsWith(".css", StringComparison.Ordinal))
                Assert.DoesNotMatch(OutsideStyle(), await response.Content.ReadAsStringAsync(Token));
        }
    }

    [Fact]
    public async Task Docs_Settings_NameTheDocumentAndNoOtherHost()
    {
        await using var site = await Site.StartAsync(app => app.MapRunnable("/joke", Runnable.Lambda<string, string>("joke", text => text)));

        var script = await site.Client.GetStringAsync("/docs/index.js", Token);
        var settings = script.Split('\n').Single(line => line.Contains("var configObject", StringComparison.Ordinal));

        Assert.Contains("../openapi/v1.json", settings, StringComparison.Ordinal);
        Assert.Contains("\"validatorUrl\":\"none\"", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("://", settings, StringComparison.Ordinal);
    }

    [Fact]
    public void MapServingDocs_WithoutTheService_TellsTheLineToAdd()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var error = Assert.Throws<InvalidOperationException>(() => app.MapServingDocs());

        Assert.Contains("AddServingOpenApi()", error.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex("(?:src|href)=[\"']([^\"']+)[\"']")]
    private static partial Regex Asset();

    [GeneratedRegex(@"(?:@import|url\(\s*[""']?(?:https?:)?//)")]
    private static partial Regex OutsideStyle();
}
