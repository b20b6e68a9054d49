using System.Runtime.CompilerServices;
using System.Text.Json;
using Serving.Runtime.Chat;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Endpoints.Tests;

/// <summary>Small chains that many tests share.</summary>
internal static class TestChains
{
    public static Runnable<JsonElement, JsonElement> Echo { get; } = Runnable.Lambda<JsonElement, JsonElement>("echo", value => value);

    public static Runnable<int, int> AddOne { get; } = Runnable.Lambda<int, int>("add_one", x => x + 1);

    /// <summary>Three tokens: <c>Hi</c>, a space, <c>you</c>.</summary>
    public static Runnable<ChainValues, string> Chat { get; } = ChatPromptTemplate
        .FromMessages(("human", "Tell me about {topic}"))
        .Pipe(new ChatModel(ScriptedChatClient.Replying("Hi you"), "FakeModel"))
        .Pipe(new StrOutputParser());

    public static Runnable<JsonElement, T> Pieces<T>(params T[] pieces) => Runnable.Generator<JsonElement, T>("pieces", (_, _) => pieces.ToAsyncEnumerable());

    public static Runnable<JsonElement, string> Failing(Func<Exception> error, params string[] after) =>
        Runnable.Generator<JsonElement, string>("failing", (_, _) => FailAsync(after, error));

    private static async IAsyncEnumerable<string> FailAsync(string[] pieces, Func<Exception> error, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return piece;
        }

        throw error();
    }
}
