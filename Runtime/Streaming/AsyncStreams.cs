namespace Serving.Runtime.Streaming;

/// <summary>Small async streams.</summary>
internal static class AsyncStreams
{
#pragma warning disable CS1998 // A stream of what is already there has nothing to await.
    public static async IAsyncEnumerable<T> Single<T>(T value)
    {
        yield return value;
    }

    public static async IAsyncEnumerable<T> Empty<T>()
    {
        yield break;
    }
#pragma warning restore CS1998

    /// <summary>The stream, with every piece shown to a fold on its way, if there is one.</summary>
    public static async IAsyncEnumerable<T> Tap<T>(T first, IAsyncEnumerator<T> rest, StreamFold<T>? fold)
    {
        fold?.Add(first);
        yield return first;
        while (await rest.MoveNextAsync().ConfigureAwait(false))
        {
            fold?.Add(rest.Current);
            yield return rest.Current;
        }
    }

    public static async ValueTask<StreamFold<T>> FoldAsync<T>(this IAsyncEnumerable<T> stream, CancellationToken cancellationToken)
    {
        var fold = new StreamFold<T>();
        await foreach (var piece in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
            fold.Add(piece);
        return fold;
    }
}
