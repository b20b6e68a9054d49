using System.Runtime.CompilerServices;

namespace Serving.Runtime.Runs;

/// <summary>A wait for a model that a <see cref="ModelWait"/> hears of, if there is one and the answer is not there yet. Awaited once; allocates nothing.</summary>
internal readonly struct MeasuredWait<T>(ValueTask<T> task, ModelWait? wait)
{
    public Awaiter GetAwaiter() => new(task.ConfigureAwait(false).GetAwaiter(), wait);

    public readonly struct Awaiter : ICriticalNotifyCompletion
    {
        private readonly ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter _inner;
        private readonly ModelWait? _wait;

        public Awaiter(ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter inner, ModelWait? wait)
        {
            _inner = inner;
            IsCompleted = inner.IsCompleted;
            if (IsCompleted)
                return;
            _wait = wait;
            wait?.Begin();
        }

        public bool IsCompleted { get; }

        public T GetResult()
        {
            _wait?.End();
            return _inner.GetResult();
        }

        public void OnCompleted(Action continuation) => _inner.OnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => _inner.UnsafeOnCompleted(continuation);
    }
}
