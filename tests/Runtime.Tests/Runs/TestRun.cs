using Serving.Runtime.Runs;

namespace Serving.Runtime.Tests.Runs;

/// <summary>Contexts that end with the test.</summary>
internal static class TestRun
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static RunContext Context(
        IRunObserver? observer = null,
        RunConfig? config = null,
        TimeProvider? time = null,
        Func<double>? random = null,
        CancellationToken? cancellationToken = null) =>
        RunContext.Create(config, observer, time, random: random, cancellationToken: cancellationToken ?? Token);
}
