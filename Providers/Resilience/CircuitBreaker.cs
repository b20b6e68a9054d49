namespace Serving.Providers.Resilience;

/// <summary>
/// Stops calls to a model that fails too often. It opens when enough of the recent calls have failed, or at once when one is told that only an operator can
/// help; after a while it lets a single call through, on which it closes or stays open. Thread-safe.
/// </summary>
/// <param name="options">When it opens, and for how long.</param>
/// <param name="time">The clock.</param>
/// <param name="keyVersion">Changes when the key does; then a model that was down for good is tried again.</param>
/// <param name="changed">Told of each change of state, and of how long the breaker stays open.</param>
internal sealed class CircuitBreaker(ResilienceOptions options, TimeProvider time, Func<int>? keyVersion, Action<BreakerState, TimeSpan> changed)
{
    private const int Slots = 10;

    private readonly Lock _lock = new();
    private readonly int[] _calls = new int[Slots];
    private readonly int[] _failures = new int[Slots];
    private readonly long _start = time.GetTimestamp();
    private readonly long _slotTicks = Math.Max(1, options.BreakerWindow.Ticks / Slots);
    private long _lastSlot;
    private int _era;
    private bool _isProbing;
    private BreakerState _state;
    private TimeSpan _openUntil;
    private bool _isHardDown;
    private int _downKey;

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>The state, and how long calls are refused; null if they are not.</summary>
    public (BreakerState State, TimeSpan? RetryAfter) Read()
    {
        lock (_lock)
        {
            var wait = Wait(Now);
            return (_state == BreakerState.Open && wait is null ? BreakerState.HalfOpen : _state, wait);
        }
    }

    public bool TryEnter(out BreakerPass pass)
    {
        var hasChanged = false;
        lock (_lock)
        {
            pass = default;
            if (_state != BreakerState.Closed)
            {
                if (Wait(Now) is not null)
                    return false;
                _isProbing = true;
                if (_state == BreakerState.Open)
                {
                    _state = BreakerState.HalfOpen;
                    _era++;
                    hasChanged = true;
                }
            }

            pass = new BreakerPass(_era, _isProbing);
        }

        if (hasChanged)
            changed(BreakerState.HalfOpen, TimeSpan.Zero);
        return true;
    }

    public void Record(BreakerPass pass, CallResult result)
    {
        BreakerState state;
        TimeSpan openTime;
        lock (_lock)
        {
            if (pass.Era != _era)
                return;
            _isProbing = false;
            if (result == CallResult.Unknown)
                return;
            var now = Now;
            var hasFailed = result != CallResult.Works;
            if (_state == BreakerState.Closed)
            {
                Count(now, hasFailed);
                if (!hasFailed || (result == CallResult.Failed && !IsTooMuch()))
                    return;
            }

            _era++;
            _state = hasFailed ? BreakerState.Open : BreakerState.Closed;
            _isHardDown = result == CallResult.HardDown;
            _downKey = keyVersion?.Invoke() ?? 0;
            openTime = !hasFailed ? TimeSpan.Zero : _isHardDown ? options.HardDownTime : options.BreakerOpenTime;
            _openUntil = now + openTime;
            Array.Clear(_calls);
            Array.Clear(_failures);
            state = _state;
        }

        changed(state, openTime);
    }

    private TimeSpan? Wait(TimeSpan now) => _state switch
    {
        BreakerState.Open when now < _openUntil && !(_isHardDown && _downKey != (keyVersion?.Invoke() ?? 0)) => _openUntil - now,
        // Whether it works is known soon, but not when.
        BreakerState.HalfOpen when _isProbing => TimeSpan.FromSeconds(1),
        _ => null,
    };

    private void Count(TimeSpan now, bool hasFailed)
    {
        var slot = now.Ticks / _slotTicks;
        for (var old = Math.Max(_lastSlot + 1, slot - Slots + 1); old <= slot; old++)
            _calls[old % Slots] = _failures[old % Slots] = 0;
        _lastSlot = slot;
        _calls[slot % Slots]++;
        if (hasFailed)
            _failures[slot % Slots]++;
    }

    private bool IsTooMuch()
    {
        var calls = 0;
        var failures = 0;
        for (var i = 0; i < Slots; i++)
        {
            calls += _calls[i];
            failures += _failures[i];
        }

        return calls >= options.BreakerMinimumCalls && failures >= options.BreakerFailureShare * calls;
    }
}
