using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Serving.Endpoints.Options;
using Serving.Runtime.Runnables;
using Serving.Runtime.Schemas;

namespace Serving.Endpoints.Tests.OpenApi;

public sealed class ChainDocumentTests
{
    private static readonly Runnable<string, string> Shout = Runnable.Lambda<string, string>("shout", text => text.ToUpperInvariant());

    [Fact]
    public async Task Invoke_OfAChain_HasItsSchemasAndErrors()
    {
        await using var site = await Site.StartAsync(app => app.MapRunnable("/joke", Shout, options =>
        {
            options.Description = "Tells jokes.";
            options.ExampleInput = "cats";
        }));
        var document = await site.DocumentAsync();
        var invoke = document.Operation("/joke/invoke");

        Assert.Equal("joke_invoke", invoke.GetProperty("operationId").GetString());
        Assert.Equal("joke", invoke.GetProperty("tags")[0].GetString());
        Assert.Equal("""{"input":"cats"}""", JsonSerializer.Serialize(document.RequestExample("/joke/invoke")));
        Assert.Equal("string", document.Resolve(document.RequestSchema("/joke/invoke").GetProperty("properties").GetProperty("input")).GetProperty("type").GetString());
        Assert.Equal("input", document.RequestSchema("/joke/invoke").GetProperty("required").EnumerateArray().Single().GetString());
        Assert.Equal(["output", "metadata"], document.ResponseSchema("/joke/invoke").GetProperty("properties").EnumerateObject().Select(property => property.Name));
        Assert.Equal(["200", "400", "413", "422", "429", "500", "503", "504"], invoke.GetProperty("responses").EnumerateObject().Select(response => response.Name));
        var error = document.Resolve(document.Resolve(invoke.GetProperty("responses").GetProperty("429")).GetProperty("content").GetProperty("application/json").GetProperty("schema"));
        Assert.Equal(["detail", "message", "run_id"], error.GetProperty("properties").EnumerateObject().Select(property => property.Name));
        Assert.Equal("Tells jokes.", document.Root.GetProperty("tags")[0].GetProperty("description").GetString());
    }

    [Fact]
    public async Task ConfigHash_InThePath_IsAParameterOfOperationsOfTheirOwn()
    {
        await using var site = await Site.StartAsync(app => app.MapRunnable("/joke", Shout));
        var document = await site.DocumentAsync();
        var invoke = document.Operation("/joke/c/{config_hash}/invoke");

        Assert.Equal("joke_invoke_with_config", invoke.GetProperty("operationId").GetString());
        Assert.Equal("joke/config", invoke.GetProperty("tags")[0].GetString());
        Assert.Equal("config_hash", invoke.GetProperty("parameters")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task CallbackEvents_WhenIncluded_ArePartOfTheAnswer()
    {
        await using var site = await Site.StartAsync(app => app.MapRunnable("/joke", Shout, options => options.IncludeCallbackEvents = true));

        var answer = (await site.DocumentAsync()).ResponseSchema("/joke/batch");

        Assert.Equal(["output", "metadata", "callback_events"], answer.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Chains_WithNamesInCommon_HaveNamesOfTheirOwn()
    {
        await using var site = await Site.StartAsync(app =>
        {
            app.MapRunnable("/joke", Shout);
            app.MapRunnable("/joke_", Shout);
            app.MapRunnable("", Shout);
            app.MapRunnable("/shout", Shout);
            app.MapGroup("/v2/{tenant}").MapRunnable("/joke", Shout);
        });
        var document = await site.DocumentAsync();

        Assert.Equal("joke_2_invoke", document.Operation("/joke_/invoke").GetProperty("operationId").GetString());
        var ids = document.Operations.Select(each => each.Operation.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal("/", document.Operation("/invoke").GetProperty("tags")[0].GetString());
        Assert.Equal("/shout", document.Operation("/shout/invoke").GetProperty("tags")[0].GetString());
        Assert.Equal(["tenant", "config_hash"], document.Operation("/v2/{tenant}/joke/c/{config_hash}/invoke").GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Definitions_OfOneNameThatDiffer_AreApart()
    {
        await using var site = await Site.StartAsync(app =>
        {
            app.MapRunnable("/first", Shout.WithTypes(input: Named("name")));
            app.MapRunnable("/second", Shout.WithTypes(input: Named("title")));
            app.MapRunnable("/third", Shout.WithTypes(input: Named("name")));
        });
        var document = await site.DocumentAsync();

        Assert.Equal("name", PropertyOf("/first"));
        Assert.Equal("title", PropertyOf("/second"));
        Assert.Equal("name", PropertyOf("/third"));
        Assert.Contains("Thing", document.SchemaNames);
        Assert.Contains("second_Thing", document.SchemaNames);
        Assert.DoesNotContain("third_Thing", document.SchemaNames);

        // The list is the same text in both; what its items refer to is not.
        string PropertyOf(string path) => document
            .Resolve(document.Resolve(document.Resolve(document.RequestSchema(path + "/invoke").GetProperty("properties").GetProperty("input")).GetProperty("properties").GetProperty("items")).GetProperty("items"))
            .GetProperty("properties").EnumerateObject().Single().Name;

        static JsonShape Named(string property) => JsonShape
            .Object("Things", new ShapeProperty("items", JsonShape.Array(JsonShape.Object("Thing", new ShapeProperty(property, JsonShape.String)).Named("Thing"))))
            .Named("Things");
    }

    [Fact]
    public async Task Document_OfAHostWithMore_KeepsWhatOthersSay()
    {
        await using var site = await Site.StartAsync(
            app =>
            {
                app.MapRunnable("/joke", Shout, options => options.Endpoints = ChainEndpoints.Invoke).AddOpenApiOperationTransformer((operation, _, _) =>
                {
                    operation.Security = [new OpenApiSecurityRequirement()];
                    return Task.CompletedTask;
                });
                app.MapRunnable("/secret", Shout).ExcludeFromDescription();
                app.MapGet("/version", () => new Error("1")).WithTags("about");
            },
            builder => builder.Services.AddServing().AddServingOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "Mine";
                return Task.CompletedTask;
            })));
        var document = await site.DocumentAsync();

        Assert.Equal(["/joke/invoke", "/version"], document.Operations.Select(each => each.Path).Order(StringComparer.Ordinal));
        Assert.Equal("Mine", document.Root.GetProperty("info").GetProperty("title").GetString());
        Assert.Equal(["joke", "about"], document.Root.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()));
        Assert.True(document.Operation("/joke/invoke").TryGetProperty("security", out _));
        Assert.All(ApiDocument.All(document.Root).ToList(), node => document.Resolve(node));
        Assert.Contains("Error", document.SchemaNames);
        Assert.Contains("Error_2", document.SchemaNames);
    }

    /// <summary>A type of a host's own whose name is one of the wire's.</summary>
    private sealed record Error(string Code);
}
