namespace Serving.Runtime.Runs;

/// <summary>A model's stream that is waited for under the eyes of a <see cref="ModelWait"/>. For <c>await foreach</c>, in place of <c>ConfigureAwait(false)</c>.</summary>
internal readonly struct MeasuredStream<T>(IAsyncEnumerable<T> source, ModelWait? wait)
{
    public Enumerator GetAsyncEnumerator() => new(source.GetAsyncEnumerator(CancellationToken.None), wait);

    public readonly struct Enumerator(IAsyncEnumerator<T> source, ModelWait? wait)
    {
        public T Current => source.Current;

        public MeasuredWait<bool> MoveNextAsync() => new(source.MoveNextAsync(), wait);

        public System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable DisposeAsync() => source.DisposeAsync().ConfigureAwait(false);
    }
}
