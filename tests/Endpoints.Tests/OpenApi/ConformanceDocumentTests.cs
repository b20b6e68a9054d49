using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Serving.Endpoints.Tests.OpenApi;

public sealed partial class ConformanceDocumentTests
{
    /// <summary>Chains that take long, fail, need a header, give null for the text they declare, or know no answer to their example.</summary>
    private static readonly HashSet<string> NotRun = ["/stream_slow", "/stream_empty", "/stream_newlines", "/failing", "/failing_http", "/failing_stream", "/callbacks_failing", "/deps", "/wellknown", "/history"];

    [Fact]
    public async Task Document_OfEveryChain_IsReadWithoutErrors()
    {
        await using var site = await Site.StartWithConformanceChainsAsync();
        var json = (await site.DocumentAsync()).Root.GetRawText();

        var (document, diagnostic) = OpenApiDocument.Parse(json, "json");

        Assert.Empty(diagnostic!.Errors);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, diagnostic.SpecificationVersion);
        Assert.True(document!.Paths.Count > 500);
    }

    [Fact]
    public async Task Document_OfEveryChain_HasOnlyReferencesThatResolve()
    {
        await using var site = await Site.StartWithConformanceChainsAsync();
        var document = await site.DocumentAsync();

        var references = ApiDocument.All(document.Root).Where(node => node.TryGetProperty("$ref", out _)).ToList();

        Assert.True(references.Count > 1000);
        Assert.All(references, reference => document.Resolve(reference));
        Assert.All(document.SchemaNames, name => Assert.Matches(ComponentName(), name));
    }

    [Fact]
    public async Task Document_OfEveryChain_HasSoundOperations()
    {
        await using var site = await Site.StartWithConformanceChainsAsync();
        var document = await site.DocumentAsync();
        var tags = document.Root.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToList();

        var ids = document.Operations.Select(each => each.Operation.GetProperty("operationId").GetString()).ToList();

        Assert.Equal(ids.Count, ids.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(tags.Count, tags.Distinct().Count());
        Assert.All(document.Operations, each =>
        {
            Assert.Contains(each.Operation.GetProperty("tags").EnumerateArray().Single().GetString(), tags);
            var declared = each.Operation.TryGetProperty("parameters", out var parameters)
                ? parameters.EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()!).ToList()
                : [];
            Assert.Equal(PathParameter().Matches(each.Path).Select(match => match.Groups[1].Value), declared);
            Assert.Equal(each.Method == "post", each.Operation.TryGetProperty("requestBody", out _));
            Assert.All(each.Operation.GetProperty("responses").EnumerateObject(), response => Assert.NotEmpty(document.Resolve(response.Value).GetProperty("description").GetString()!));
        });
    }

    [Fact]
    public async Task Document_OfEveryChain_HasNoConstantNull()
    {
        await using var site = await Site.StartWithConformanceChainsAsync();
        var document = await site.DocumentAsync();

        Assert.DoesNotContain(ApiDocument.All(document.Root), node => node.TryGetProperty("const", out var value) && value.ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task Examples_OfEveryChain_FitTheRequestAndGiveTheDescribedAnswer()
    {
        await using var site = await Site.StartWithConformanceChainsAsync();
        var document = await site.DocumentAsync();
        var runs = document.Operations
            .Where(each => each.Method == "post" && !each.Path.Contains('{') && !NotRun.Any(skipped => each.Path.StartsWith(skipped + "/", StringComparison.Ordinal)))
            .ToList();

        Assert.True(runs.Count > 100);
        foreach (var (path, _, operation) in runs)
        {
            var example = document.RequestExample(path);
            Assert.True(document.Fits(example, document.RequestSchema(path)), $"{path}: {example}");
            var answer = await site.PostAsync(path, example);
            if (operation.GetProperty("responses").GetProperty("200").GetProperty("content").TryGetProperty("application/json", out _))
            {
                Assert.True(document.Fits(JsonElement.Parse(answer), document.ResponseSchema(path)), $"{path}: {answer}");
                continue;
            }

            Assert.All(Events(answer), sent => Assert.True(document.Fits(sent, document.ResponseSchema(path, "text/event-stream")), $"{path}: {sent}"));
        }
    }

    /// <summary>Server-sent events as the document describes them: an object with event and data.</summary>
    private static IEnumerable<JsonElement> Events(string stream) =>
        from block in stream.Split("\r\n\r\n", StringSplitOptions.RemoveEmptyEntries)
        let lines = block.Split("\r\n").ToDictionary(line => line[..line.IndexOf(':', StringComparison.Ordinal)], line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        select JsonSerializer.SerializeToElement(lines.ToDictionary(line => line.Key, line => line.Key == "data" ? JsonElement.Parse(line.Value) : JsonSerializer.SerializeToElement(line.Value)));

    [GeneratedRegex("^[a-zA-Z0-9._-]+$")]
    private static partial Regex ComponentName();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}
