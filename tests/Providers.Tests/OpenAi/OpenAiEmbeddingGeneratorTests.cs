using Microsoft.Extensions.AI;
using Serving.Providers.Errors;
using Serving.Providers.OpenAi;
using Serving.Runtime.Errors;

namespace Serving.Providers.Tests.OpenAi;

public sealed class OpenAiEmbeddingGeneratorTests
{
    [Fact]
    public async Task Generate_SeveralValues_AreInTheirOrder()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(
            """{"model":"e-2","data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,-0.5]}],"usage":{"prompt_tokens":6,"total_tokens":6}}""");

        var embeddings = await Generator(provider).GenerateAsync(["a", "b"], new EmbeddingGenerationOptions { Dimensions = 2 }, TestContext.Current.CancellationToken);

        Assert.Equal("""{"model":"e","input":["a","b"],"dimensions":2}""", provider.Body.ToJsonString());
        Assert.Equal("/v1/embeddings", provider.Call.Path);
        Assert.Equal([1, -0.5f], embeddings[0].Vector.ToArray());
        Assert.Equal([3, 4], embeddings[1].Vector.ToArray());
        Assert.Equal(("e-2", 6), (embeddings[0].ModelId, embeddings.Usage!.InputTokenCount));
    }

    [Fact]
    public async Task Generate_Nothing_CallsNobody()
    {
        await using var provider = await ScriptedProvider.AnsweringAsync("{}");

        Assert.Empty(await Generator(provider).GenerateAsync([], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Empty(provider.Calls);
    }

    [Theory]
    [InlineData("""{"data":[]}""", 200, ErrorKind.BadGateway)]
    [InlineData("""{"data":[{"index":5,"embedding":[1]}]}""", 200, ErrorKind.BadGateway)]
    [InlineData("""{"data":[{"embedding":["x"]}]}""", 200, ErrorKind.BadGateway)]
    [InlineData("""{"data":[{"em""", 200, ErrorKind.BadGateway)]
    [InlineData("""{"error":{"code":429}}""", 200, ErrorKind.RateLimited)]
    [InlineData("{}", 503, ErrorKind.ProviderUnavailable)]
    public async Task Generate_NoAnswer_IsAProvidersError(string body, int status, ErrorKind kind)
    {
        await using var provider = await ScriptedProvider.AnsweringAsync(body, status);

        var error = await Assert.ThrowsAsync<ProviderException>(() => Generator(provider).GenerateAsync(["a"], cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal((kind, true), (error.Kind, error.IsTransient));
    }

    private static OpenAiEmbeddingGenerator Generator(ScriptedProvider provider) =>
        new(provider.Http, new OpenAiClientOptions { ModelId = "e", BaseUrl = provider.BaseUrl, ApiKey = () => ScriptedProvider.Key });
}
