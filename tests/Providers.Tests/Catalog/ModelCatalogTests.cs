using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Runtime.Models;

namespace Serving.Providers.Tests.Catalog;

public sealed class ModelCatalogTests
{
    [Fact]
    public async Task Chat_KnownName_CallsItsClientWithItsOptions()
    {
        var client = ScriptedChatClient.Replying("Hello");
        var catalog = new ModelCatalog(new ModelEntry("default", client) { Options = new ChatOptions { MaxOutputTokens = 5 } });

        var answer = await catalog.Chat("default").InvokeAsync("Hi", TestContext.Current.CancellationToken);

        Assert.Equal("Hello", answer.Text);
        Assert.Equal(5, Assert.Single(client.Calls).Options!.MaxOutputTokens);
    }

    [Fact]
    public void Chat_UnknownName_NamesThoseThereAre()
    {
        var catalog = new ModelCatalog(new ModelEntry("default", ScriptedChatClient.Replying("Hello")), new ModelEntry("fast", ScriptedChatClient.Replying("Hello")));

        var error = Assert.Throws<ArgumentException>(() => catalog.Chat("slow"));

        Assert.Contains("default, fast", error.Message);
    }

    [Fact]
    public void Create_NameTwice_SaysWhich()
    {
        var client = ScriptedChatClient.Replying("Hello");

        Assert.Contains("'default'", Assert.Throws<ArgumentException>(() => new ModelCatalog(new ModelEntry("default", client), new ModelEntry("default", client))).Message);
    }
}
