namespace Serving.LoadTests.Scenarios;

/// <summary>What a scenario's success depends on, beyond that nothing unexpected fails.</summary>
[Flags]
internal enum ScenarioChecks
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>What the host adds to the model's time stays small.</summary>
    HostAdded = 1,

    /// <summary>Memory does not grow once it has settled.</summary>
    Memory = 2,

    /// <summary>Failures that were injected are seen, as many as the simulator says.</summary>
    InjectedFaults = 4,

    /// <summary>Beyond capacity the host does as much as at it, refuses the rest properly, and recovers.</summary>
    Overload = 8,

    /// <summary>Clients that leave are noticed down to the provider.</summary>
    Abandoned = 16,

    /// <summary>As many requests are in flight as the scenario is about.</summary>
    Crowd = 32,
}
