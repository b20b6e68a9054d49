using Serving.LoadTests.Client;

namespace Serving.LoadTests.Driver;

/// <summary>Load on one server. Several lanes can run side by side.</summary>
public sealed record Lane
{
    /// <summary>A name for reports.</summary>
    public required string Name { get; init; }

    /// <summary>Where requests go.</summary>
    public required LoadClient Client { get; init; }

    /// <summary>The n-th request, from 0. It depends on n alone, and is asked for from several threads.</summary>
    public required Func<long, LoadRequest> Requests { get; init; }

    /// <summary>The load, one simulation after the other.</summary>
    public required IReadOnlyList<LoadSimulation> Simulations { get; init; }

    /// <summary>Takes what becomes of it.</summary>
    public required Recorder Recorder { get; init; }
}
