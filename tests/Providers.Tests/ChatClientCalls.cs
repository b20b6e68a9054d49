using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Serving.Providers.Tests;

/// <summary>Calls as tests make them.</summary>
internal static class ChatClientCalls
{
    public static Task<ChatResponse> AskAsync(this IChatClient client, ChatOptions? options = null, params IEnumerable<ChatMessage> messages) =>
        client.GetResponseAsync(messages.Any() ? messages : [new ChatMessage(ChatRole.User, "Hi")], options, TestContext.Current.CancellationToken);

    public static async Task<List<ChatResponseUpdate>> StreamAsync(this IChatClient client, ChatOptions? options = null, List<ChatResponseUpdate>? into = null)
    {
        var updates = into ?? [];
        await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hi")], options, TestContext.Current.CancellationToken))
            updates.Add(update);
        return updates;
    }

    public static UsageDetails UsageOf(this IEnumerable<ChatResponseUpdate> updates)
    {
        var sum = new UsageDetails();
        foreach (var usage in updates.SelectMany(update => update.Contents.OfType<UsageContent>()))
            sum.Add(usage.Details);
        return sum;
    }

    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}, was {actual?.ToJsonString()}");
}
