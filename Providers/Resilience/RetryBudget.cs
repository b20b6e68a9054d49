namespace Serving.Providers.Resilience;

/// <summary>
/// How many retries a model may still cost its provider. Every call earns a part of one, every retry costs one, and no more than ten are saved up: an outage
/// finds few to spend, however long the time before it was, and the first failures of a quiet model can be made good. Thread-safe.
/// </summary>
internal sealed class RetryBudget(double earnedPerCall)
{
    private const int Retry = 1000;
    private const int Most = 10 * Retry;

    private readonly int _earned = (int)(earnedPerCall * Retry);
    private int _balance = Most;

    public double Left => Volatile.Read(ref _balance) / (double)Retry;

    public void Earn() => Add(_earned);

    /// <summary>Gives back what was taken for a retry that was not made.</summary>
    public void Return() => Add(Retry);

    public bool TryTake()
    {
        for (var balance = Volatile.Read(ref _balance); balance >= Retry;)
        {
            var seen = Interlocked.CompareExchange(ref _balance, balance - Retry, balance);
            if (seen == balance)
                return true;
            balance = seen;
        }

        return false;
    }

    private void Add(int amount)
    {
        for (var balance = Volatile.Read(ref _balance); balance < Most;)
        {
            var seen = Interlocked.CompareExchange(ref _balance, Math.Min(Most, balance + amount), balance);
            if (seen == balance)
                return;
            balance = seen;
        }
    }
}
