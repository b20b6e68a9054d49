using Microsoft.Extensions.AI;
using Serving.Runtime.History;

namespace Serving.Runtime.Tests.History;

public sealed class InMemoryChatHistoryStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ChatMessage User(string text) => new(ChatRole.User, text);

    private static ChatMessage Model(string text) => new(ChatRole.Assistant, text);

    private static async Task<string[]> Texts(InMemoryChatHistoryStore store, string session) =>
        [.. (await store.Get(session).GetAsync(Token)).Select(message => message.Text)];

    [Fact]
    public async Task Add_Messages_StayWithTheirSession()
    {
        var store = new InMemoryChatHistoryStore();
        await store.Get("a").AddAsync([User("1"), Model("2")], Token);
        await store.Get("b").AddAsync([User("3")], Token);
        await store.Get("a").AddAsync([User("4")], Token);
        Assert.Equal(["1", "2", "4"], await Texts(store, "a"));
        Assert.Equal(["3"], await Texts(store, "b"));
        Assert.Empty(await Texts(store, "c"));
    }

    [Fact]
    public async Task Get_Snapshot_DoesNotGrow()
    {
        var history = new InMemoryChatHistoryStore().Get("a");
        await history.AddAsync([User("1")], Token);
        var before = await history.GetAsync(Token);
        await history.AddAsync([User("2")], Token);
        Assert.Single(before);
    }

    [Fact]
    public async Task Add_MoreSessionsThanKept_DropsTheLeastRecentlyUsed()
    {
        var store = new InMemoryChatHistoryStore(maxSessions: 2);
        await store.Get("a").AddAsync([User("1")], Token);
        await store.Get("b").AddAsync([User("2")], Token);
        await store.Get("a").GetAsync(Token);
        await store.Get("c").AddAsync([User("3")], Token);
        Assert.Equal(["1"], await Texts(store, "a"));
        Assert.Empty(await Texts(store, "b"));
        Assert.Equal(["3"], await Texts(store, "c"));
    }

    [Fact]
    public async Task Get_UnknownSessions_TakeNoPlace()
    {
        var store = new InMemoryChatHistoryStore(maxSessions: 1);
        await store.Get("a").AddAsync([User("1")], Token);
        await store.Get("b").GetAsync(Token);
        Assert.Equal(["1"], await Texts(store, "a"));
    }

    [Fact]
    public async Task Add_MoreMessagesThanKept_DropsTheOldestUpToAQuestion()
    {
        var store = new InMemoryChatHistoryStore(maxMessages: 3);
        await store.Get("a").AddAsync([User("q1"), Model("a1"), User("q2"), Model("a2")], Token);
        Assert.Equal(["q2", "a2"], await Texts(store, "a"));
        await store.Get("b").AddAsync([Model("1"), Model("2"), Model("3"), Model("4")], Token);
        Assert.Equal(["2", "3", "4"], await Texts(store, "b"));
    }

    [Fact]
    public async Task Add_ManyAtOnce_LosesNothingAndKeepsPairsTogether()
    {
        var store = new InMemoryChatHistoryStore(maxMessages: 1000);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(
            async () => await store.Get("a").AddAsync([User($"q{i}"), Model($"a{i}")], Token),
            Token)));
        var texts = await Texts(store, "a");
        Assert.Equal(200, texts.Length);
        Assert.Equal(200, texts.Distinct().Count());
        for (var i = 0; i < texts.Length; i += 2)
            Assert.Equal(texts[i][1..], texts[i + 1][1..]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Create_NoRoom_IsRefused(int sessions, int messages) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryChatHistoryStore(sessions, messages));
}
