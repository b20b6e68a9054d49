using System.Text.Json;
using Serving.Runtime.Retrievers;
using Serving.Runtime.Runs;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tests.Retrievers;

public sealed class RetrieverTests
{
    private static readonly Retriever Fake = Retriever.Create("FakeRetriever", (question, _) => new ValueTask<IReadOnlyList<Document>>(
    [
        new Document($"about {question}") { Metadata = ChainValues.Of("source", "fake") },
        new Document("second") { Id = "doc-2" },
    ]));

    [Fact]
    public async Task Invoke_Question_GivesDocumentsInWireForm() => Assert.Equal(
        """[{"id":null,"metadata":{"source":"fake"},"page_content":"about q","type":"Document"},{"id":"doc-2","metadata":{},"page_content":"second","type":"Document"}]""",
        JsonSerializer.Serialize(await Fake.InvokeAsync("q", TestContext.Current.CancellationToken), RuntimeJson.Options));

    [Theory]
    [InlineData("FakeRetriever", "fake")]
    [InlineData("Retriever", "retriever")]
    [InlineData("Wiki", "wiki")]
    public async Task Run_Metadata_TellsTheShortName(string name, string expected)
    {
        var started = new List<RunStarted>();
        var retriever = Retriever.Create(name, (_, _) => new ValueTask<IReadOnlyList<Document>>([]));
        await retriever.InvokeAsync("q", RunContext.Create(observer: new Starts(started), cancellationToken: TestContext.Current.CancellationToken));
        var run = Assert.Single(started).Run;
        Assert.Equal(RunType.Retriever, run.Type);
        Assert.Equal(name, run.Name);
        Assert.Equal(expected, run.Metadata["ls_retriever_name"]);
    }

    private sealed class Starts(List<RunStarted> started) : IRunObserver
    {
        public ValueTask OnEventAsync(RunEvent runEvent, CancellationToken cancellationToken)
        {
            if (runEvent is RunStarted start)
                started.Add(start);
            return default;
        }
    }
}
