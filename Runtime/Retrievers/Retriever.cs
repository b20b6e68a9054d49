using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Retrievers;

/// <summary>A step that finds documents for a question. Its runs tell <c>ls_retriever_name</c>: the name without "Retriever", in lower case.</summary>
public abstract class Retriever : Runnable<string, IReadOnlyList<Document>>
{
    private const string Suffix = "Retriever";

    /// <inheritdoc/>
    public sealed override RunType RunType => RunType.Retriever;

    /// <inheritdoc/>
    protected override ChainValues RunMetadata => field ??= ChainValues.Of("ls_retriever_name", ShortName(Name));

    /// <summary>Makes a retriever of a function.</summary>
    /// <param name="name">The name of its runs.</param>
    /// <param name="function">Finds the documents, the best first. Must be thread-safe.</param>
    public static Retriever Create(string name, Func<string, RunContext, ValueTask<IReadOnlyList<Document>>> function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionRetriever(name, function);
    }

#pragma warning disable CA1308 // The name is for people and tools that expect it in lower case.
    private static string ShortName(string name) =>
        (name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length > Suffix.Length ? name[..^Suffix.Length] : name).ToLowerInvariant();
#pragma warning restore CA1308

    private sealed class FunctionRetriever(string name, Func<string, RunContext, ValueTask<IReadOnlyList<Document>>> function) : Retriever
    {
        public override string Name => name;

        protected internal override ValueTask<IReadOnlyList<Document>> InvokeCoreAsync(string input, RunContext context) => function(input, context);
    }
}
