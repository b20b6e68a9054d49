using System.Text.Json;
using Serving.Runtime.Chat;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Streaming;

namespace Serving.Benchmarks;

/// <summary>The chains that are measured.</summary>
internal static class BenchmarkChains
{
    public const int Tokens = 1000;

    public static Runnable<JsonElement, JsonElement> Echo { get; } = Runnable.Lambda<JsonElement, JsonElement>("echo", value => value);

    public static Runnable<ChainValues, string> Joke { get; } = ChatPromptTemplate
        .FromMessages(("system", "You tell short, clean jokes."), ("human", "Tell me a joke about {topic}"))
        .Pipe(new ChatModel(new CannedChatClient(Tokens)))
        .Pipe(new StrOutputParser());

    public static ChainValues JokeInput { get; } = ChainValues.Of("topic", "parrots");
}
