using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.AI;
using Serving.Endpoints.Hosting;
using Serving.Host.Settings;
using Serving.Providers.Catalog;
using Serving.Runtime.Agents;
using Serving.Runtime.Chat;
using Serving.Runtime.Configurable;
using Serving.Runtime.Parsers;
using Serving.Runtime.Prompts;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;
using Serving.Runtime.Tools;

namespace Serving.Host.Chains;

/// <summary>Chains to try the host with, and to begin one's own from.</summary>
internal static class SampleChains
{
    public static IServingBuilder AddSampleChains(this IServingBuilder serving) => serving
        .AddChain("joke", services => Joke(Catalog(services)), options =>
        {
            options.Description = "Tells a joke about a topic.";
            options.ExampleInput = new { topic = "parrots" };
        })
        .AddChain("chat", services => Chat(Catalog(services)), options =>
        {
            options.Description = "Answers a conversation with the assistant's next message.";
            options.ExampleInput = new[] { new { type = "human", content = "Hello!" } };
        })
        .AddChain("translate", services => Translate(Catalog(services)), options =>
        {
            options.Description = "Translates a text; each call may choose the language.";
            options.ExampleInput = new { text = "Good morning" };
        })
        .AddChain("extract", services => Extract(Catalog(services)), options =>
        {
            options.Description = "Finds the facts of a text and gives them as JSON.";
            options.ExampleInput = new { text = "Ada Lovelace wrote the first program in London in 1843." };
        })
        .AddChain("compare", services => Compare(Catalog(services)), options =>
        {
            options.Description = "Asks two models the same question and gives both answers.";
            options.ExampleInput = new { question = "Why is the sky blue?" };
        })
        .AddChain("assistant", services => Assistant(Catalog(services)), options =>
        {
            options.Description = "Answers with the help of a clock and a calculator.";
            options.ExampleInput = "What time is it?";
        });

    private static Runnable<ChainValues, string> Joke(ModelCatalog models) => ChatPromptTemplate
        .FromMessages(("system", "You tell short, clean jokes."), ("human", "Tell me a joke about {topic}"))
        .Pipe(models.Chat(Models.Default))
        .Pipe(new StrOutputParser());

    private static ChatModel Chat(ModelCatalog models) => models.Chat(Models.Default);

    private static Runnable<ChainValues, string> Translate(ModelCatalog models)
    {
        var template = ChatPromptTemplate.FromMessages(("system", "Translate what the user says into {language}. Give the translation only."), ("human", "{text}"));
        var language = new ConfigurableField("language") { Name = "Language", Description = "The language to translate into", Default = "French" };
        Runnable<ChainValues, PromptValue> prompt = template.Partial("language", "French");
        return prompt
            .ConfigurableField(language, value => template.Partial("language", (string)value!))
            .Pipe(models.Chat(Models.Default))
            .Pipe(new StrOutputParser());
    }

    private static Runnable<ChainValues, Facts> Extract(ModelCatalog models)
    {
        var parser = new StructuredOutputParser<Facts>();
        var schema = System.Text.Json.JsonSerializer.SerializeToElement(JsonShape.For<Facts>().ToSchema("Facts"));
        return ChatPromptTemplate
            .FromMessages(("system", "Find the facts in what the user says. {format}"), ("human", "{text}"))
            .Partial("format", parser.FormatInstructions)
            .Pipe(models.Chat(Models.Default).Bind(options => options.ResponseFormat = ChatResponseFormat.ForJsonSchema(schema, "Facts")))
            .Pipe(parser);
    }

    private static Runnable<ChainValues, ChainValues> Compare(ModelCatalog models)
    {
        Runnable<ChainValues, PromptValue> prompt = ChatPromptTemplate.FromMessages(("human", "{question}"));
        return Runnable.Parallel<ChainValues>(
            (Models.Default, prompt.Pipe(models.Chat(Models.Default)).Pipe(new StrOutputParser())),
            (Models.Fast, prompt.Pipe(models.Chat(Models.Fast)).Pipe(new StrOutputParser())));
    }

    private static ToolCallingAgent Assistant(ModelCatalog models) => new(models.Chat(Models.Default),
    [
        Tool.Create(
            (RunContext run) => run.TimeProvider.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
            "current_time",
            "Tells the date and the time of day, in UTC."),
        Tool.Create(Calculator.Evaluate, "calculate", "Works out the value of an arithmetic expression such as 2 * (3.5 - 1)."),
    ]);

    private static ModelCatalog Catalog(IServiceProvider services) => services.GetRequiredService<ModelCatalog>();

    /// <summary>What <c>extract</c> finds.</summary>
    internal sealed record Facts(
        [property: Description("Who or what the text is about")] string Subject,
        [property: Description("What is said of it, in a sentence")] string Summary,
        [property: Description("Places, dates and names in the text")] IReadOnlyList<string> Details);
}
