using System.Text.Json;
using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.History;
using Serving.Runtime.Models;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Retrievers;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tools;

namespace Serving.ConformanceHost;

/// <summary>The chains, each as an engineer would write it.</summary>
internal static class Chains
{
    private const string Reply = "Hello there, this is a streamed reply.";

    // Plain functions.

    public static Runnable<JsonElement, JsonElement> Echo { get; } = Runnable.Lambda<JsonElement, JsonElement>("echo", value => value);

    public static Runnable<int, int> AddOne { get; } = Runnable.Lambda<int, int>("add_one", x => x + 1);

    public static Runnable<Person, string> Greet { get; } = Runnable.Lambda<Person, string>("greet", person => $"dict:{person.Name}");

    public static Runnable<string, ChainValues> Parallel { get; } = Runnable.Parallel<string>(
        ("upper", Runnable.Lambda<string, string>("up", text => text.ToUpperInvariant())),
        ("reverse", Runnable.Lambda<string, string>("rev", text => string.Concat(text.Reverse()))),
        ("original", Runnable.Passthrough<string>()));

    // Prompt, model, parser.

    public static Runnable<ChainValues, PromptValue> Prompt { get; } = ChatPromptTemplate.FromMessages(
        ("system", "You are a helpful assistant."),
        ("human", "Tell me about {topic}"));

    public static Runnable<PromptValue, AssistantMessage> ChatModel { get; } = new ChatModel(ScriptedChatClient.Replying(Reply), "GenericFakeChatModel");

    public static Runnable<PromptValue, string> TextModel { get; } =
        new TextModel(new ScriptedChatClient(ScriptedReply.Characters("streaming llm")), "FakeStreamingListLLM");

    public static Runnable<ChainValues, AssistantMessage> Chat { get; } = Prompt.Pipe(ChatModel);

    public static Runnable<ChainValues, string> ChatText { get; } = Chat.Pipe(new StrOutputParser());

    public static Runnable<ChainValues, AssistantMessage> ChatPlayground { get; } = ChatPromptTemplate
        .FromMessages(new MessagesPlaceholder("messages"))
        .Pipe(ChatModel)
        .WithTypes(input: JsonShape
            .Object("ChatInput", new ShapeProperty("messages", JsonShape.Array(JsonShape.Message(MessageType.Human, MessageType.Assistant, MessageType.System))))
            .Named("ChatInput"));

    // A prompt whose template, and a model whose choice, each call may set.

    public static Runnable<ChainValues, ChainValues> Configurable { get; } = ConfigurableChain();

    private static Runnable<ChainValues, ChainValues> ConfigurableChain()
    {
        Runnable<ChainValues, PromptValue> prompt = PromptTemplate.FromTemplate("say {name}");
        prompt = prompt.ConfigurableField(
            new ConfigurableField("template") { Name = "Template", Description = "The template to use for the prompt", Default = "say {name}" },
            template => PromptTemplate.FromTemplate((string)template!));
        var model = ListModel("default answer").ConfigurableAlternatives(
            new ConfigurableField("llm") { Name = "LLM", Description = "Which model answers" },
            "standard",
            ("other", ListModel("other answer")));
        return Runnable.Parallel<ChainValues>(
            ("prompt", prompt.Pipe(Runnable.Lambda<PromptValue, string>(value => value.ToText()).WithTypes(output: JsonShape.Any))),
            ("llm", prompt.Pipe(model).Pipe(new StrOutputParser<string>())));

        static Runnable<PromptValue, string> ListModel(string answer) => new TextModel(ScriptedChatClient.Replying(answer), "FakeListLLM", streams: false);
    }

    // Retrieval.

    public static Runnable<string, IReadOnlyList<Document>> Retriever { get; } = Runtime.Retrievers.Retriever.Create(
        "FakeRetriever",
        (query, _) => new ValueTask<IReadOnlyList<Document>>(
        [
            new Document($"about {query}") { Metadata = ChainValues.Of("source", "fake") },
            new Document("second") { Id = "doc-2" },
        ]));

    public static Runnable<string, string> Rag { get; } = Runnable
        .Parallel<string>(
            ("context", Retriever.Pipe(documents => string.Join('\n', documents.Select(document => document.PageContent)))),
            ("question", Runnable.Passthrough<string>()))
        .Pipe(ChatPromptTemplate.FromMessages(("human", "{context}\n\n{question}")))
        .Pipe(ChatModel)
        .Pipe(new StrOutputParser());

    // Tools.

    public static Runnable<ChainValues, object?> Multiply { get; } = Tool.Create((int a, int b = 2) => a * b, "multiply", "Multiply two ints.");

    public static Runnable<JsonElement, object?> Shout { get; } = Runnable
        .Lambda<JsonElement, ChainValues>(text => ChainValues.Of("text", text))
        .Pipe(Tool.Create((string text) => text.ToUpperInvariant(), "shout", "Upper-case a text."));

    // Messages and history.

    public static Runnable<object, AssistantMessage> Messages { get; } = Runnable
        .Lambda<object, AssistantMessage>("answer", input =>
        {
            var messages = (IReadOnlyList<object?>)(input is ChainValues values ? values["messages"]! : input);
            if (messages.Count == 0)
                throw new InvalidInputException("There is no message to answer; send at least one.");
            var last = (ChatMessage)messages[^1]!;
            return new AssistantMessage($"{messages.Count} message(s), last {MessageType.ClassName(last)}: {TextOf(last)}");
        })
        .WithTypes(
            input: JsonShape.Union(
                JsonShape.Array(JsonShape.Message()),
                JsonShape.Object("MessagesInput", new ShapeProperty("messages", JsonShape.Array(JsonShape.Message()))).Named("MessagesInput")),
            output: JsonShape.Any);

    public static Runnable<ChainValues, AssistantMessage> History { get; } = ChatPromptTemplate
        .FromMessages(("system", "sys"), new MessagesPlaceholder("history"), ("human", "{question}"))
        .Pipe(Runnable.Lambda<PromptValue, AssistantMessage>("history_answer", prompt => new AssistantMessage($"saw {prompt.ToMessages().Count} messages")))
        .WithMessageHistory(new InMemoryChatHistoryStore(), new MessageHistoryOptions { InputKey = "question", HistoryKey = "history" })
        .WithTypes(input: JsonShape.Object("HistInput", new ShapeProperty("question", JsonShape.String)).Named("HistInput"));

    // Streams.

    public static Runnable<JsonElement, JsonElement> StreamDicts { get; } = Generator("gen_dict", Pieces(Json(new { a = "one " }), Json(new { b = 1 }), Json(new { a = "two" })));

    public static Runnable<JsonElement, string> StreamEmpty { get; } = Generator("gen_empty", Pieces<string>());

    public static Runnable<JsonElement, string> StreamSlow { get; } = Runnable.Generator<JsonElement, string>("gen_slow", SlowAsync);

    public static Runnable<JsonElement, string?> StreamNewlines { get; } =
        Generator("gen_newlines", Pieces("line1\nline2\r\nline3\n\nline5", "\u2028unicode\u0085sep", "", null));

    public static Runnable<JsonElement, string> FailingStream { get; } =
        Generator("gen_fail", Pieces("one", "two", () => throw new InvalidOperationException("secret: mid stream")));

    // Failures.

    public static Runnable<JsonElement, JsonElement> Failing { get; } =
        Runnable.Lambda<JsonElement, JsonElement>("boom", _ => throw new InvalidOperationException("secret detail: boom"));

    public static Runnable<int, int> FailingOnTwo { get; } =
        Runnable.Lambda<int, int>("boom_on_2", x => x == 2 ? throw new InvalidOperationException("secret: two") : x);

    public static Runnable<JsonElement, JsonElement> FailingHttp { get; } = Runnable.Lambda<JsonElement, JsonElement>(
        "boom_http",
        _ => throw new StatusException(418, "teapot says no", new Dictionary<string, string> { ["X-Teapot"] = "1" }));

    public static Runnable<JsonElement, JsonElement> FallingBack { get; } = Failing.WithFallbacks(Echo);

    // What a chain sees of its config.

    public static Runnable<JsonElement, ChainValues> ShowConfig { get; } = Runnable
        .Lambda<JsonElement, ChainValues>("show_config", (input, context) => ChainValues.Of(
            ("input", input),
            ("tags", context.Config.Tags),
            ("metadata", context.Config.Metadata),
            ("configurable", context.Config.Configurable),
            ("recursion_limit", context.Config.RecursionLimit),
            ("max_concurrency", context.Config.MaxConcurrency),
            ("run_name", null),
            ("run_id", "None")))
        .WithTypes(output: JsonShape.Any);

    public static Runnable<XInput, ChainValues> CallbackEvents { get; } = Runnable.Parallel<XInput>(
        ("value", Runnable.Lambda<XInput, string>(input => input.X.ToString()).Pipe(ChatPromptTemplate.FromMessages(("human", "{input}")).ForText())),
        ("docs", Runnable.Lambda<XInput, string>(input => input.X.ToString()).Pipe(Retriever)));

    private static async IAsyncEnumerable<string> SlowAsync(JsonElement input, RunContext context)
    {
        yield return "first";
        await Task.Delay(TimeSpan.FromSeconds(17), context.TimeProvider, context.CancellationToken);
        yield return "second";
    }

    private static Runnable<JsonElement, T> Generator<T>(string name, IReadOnlyList<Func<T>> pieces)
    {
        return Runnable.Generator<JsonElement, T>(name, (_, _) => PlayAsync());

        async IAsyncEnumerable<T> PlayAsync()
        {
            foreach (var piece in pieces)
            {
                await Task.Yield();
                yield return piece();
            }
        }
    }

    private static Func<T>[] Pieces<T>(params T[] pieces) => [.. pieces.Select(piece => (Func<T>)(() => piece))];

    private static Func<string>[] Pieces(string first, string second, Func<string> third) => [() => first, () => second, third];

    private static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value);

    private static string TextOf(ChatMessage message) =>
        message.Contents.OfType<FunctionResultContent>().FirstOrDefault()?.Result?.ToString() ?? message.Text;

    /// <summary>An input with a property; others are dropped.</summary>
    internal sealed record Person(string Name);

    /// <summary>An input of which one value is used.</summary>
    internal sealed record XInput(JsonElement X);
}
