namespace Serving.Simulator.Faults;

/// <summary>Which requests of one name, or of one rule, misbehave. The n-th request's fate depends on the seed, the name and n alone.</summary>
internal sealed class Decisions(Behaviour behaviour, string name, long seed)
{
    private readonly Lock _lock = new();
    private readonly ulong _state = Chance.Hash(name, seed);
    private long _seen;
    private long _hit;

    public Behaviour Behaviour => behaviour;

    public string Name => name;

    /// <summary>The fault of the next request; null if it goes well.</summary>
    public Fault? Next()
    {
        if (behaviour.Fault is not { } fault)
            return null;
        lock (_lock)
        {
            _seen++;
            if ((fault.Times > 0 && _hit >= fault.Times) || _seen % fault.Every != 0 || Chance.Of(_state, _seen) >= fault.Share)
                return null;
            _hit++;
            return fault;
        }
    }
}
