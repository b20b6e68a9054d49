namespace Serving.LoadTests.Compare;

/// <summary>The turns of a server in a part, in order.</summary>
internal sealed record ServerReport(ServerKind Server, IReadOnlyList<Turn> Turns)
{
    /// <summary>The median over its turns; null if no turn has it.</summary>
    public double? Median(Func<Turn, double?> figure) => Medians.Of(Turns.Select(figure).OfType<double>());

    /// <summary>The turns' figures over those of the turns that another server had beside them.</summary>
    public Spread? Over(ServerReport? other, Func<Turn, double?> figure) => other is null
        ? null
        : Spread.Of(Turns.Zip(other.Turns, (ours, theirs) => figure(ours) / figure(theirs)).OfType<double>());
}
