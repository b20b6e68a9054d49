namespace Serving.Runtime.Runs;

/// <summary>
/// How long a run, or several that belong together, waited for models: waits that overlap count once. Model steps add to it; give it to
/// <see cref="RunContext.Create"/>. Thread-safe.
/// </summary>
public sealed class ModelWait
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _since;
    private long _ended;
    private int _waiting;

    /// <summary>Begins with no wait.</summary>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    public ModelWait(TimeProvider? timeProvider = null) => _time = timeProvider ?? TimeProvider.System;

    /// <summary>The time during which at least one model was waited for, up to now.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
                return _time.GetElapsedTime(0, _ended + (_waiting > 0 ? _time.GetTimestamp() - _since : 0));
        }
    }

    internal void Begin()
    {
        lock (_gate)
        {
            if (_waiting++ == 0)
                _since = _time.GetTimestamp();
        }
    }

    internal void End()
    {
        lock (_gate)
        {
            if (--_waiting == 0)
                _ended += _time.GetTimestamp() - _since;
        }
    }
}
