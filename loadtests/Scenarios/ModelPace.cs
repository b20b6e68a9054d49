using System.Globalization;
using Serving.LoadTests.Client;

namespace Serving.LoadTests.Scenarios;

/// <summary>How the simulator answers: how many pieces, and in what time.</summary>
/// <param name="Pieces">Pieces of text.</param>
/// <param name="Wait">Before anything is answered.</param>
/// <param name="Delay">Before each piece of a stream; a whole answer takes it once per piece.</param>
internal sealed record ModelPace(int Pieces, TimeSpan Wait, TimeSpan Delay)
{
    /// <summary>The model's name at the simulator.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"sim~tokens={Pieces}~wait={Wait.TotalMilliseconds}~delay={Delay.TotalMilliseconds}");

    /// <summary>What an answer takes at least: to its end, or to a stream's first piece.</summary>
    public TimeSpan TimeOf(RequestKind kind) => Wait + (kind == RequestKind.Stream ? Delay : Pieces * Delay);
}
