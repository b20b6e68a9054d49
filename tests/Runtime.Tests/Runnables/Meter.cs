namespace Serving.Runtime.Tests.Runnables;

/// <summary>Counts how many pass through it at once.</summary>
internal sealed class Meter
{
    private readonly Lock _lock = new();
    private int _now;

    public int Most { get; private set; }

    public async Task<T> PassAsync<T>(T value)
    {
        lock (_lock)
            Most = Math.Max(Most, ++_now);
        for (var i = 0; i < 5; i++)
            await Task.Yield();
        lock (_lock)
            _now--;
        return value;
    }
}
