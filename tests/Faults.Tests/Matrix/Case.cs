namespace Serving.Faults.Tests.Matrix;

/// <summary>What is expected of a fault in one place.</summary>
/// <param name="Always">The fault is there at every attempt.</param>
/// <param name="Once">It is there at the first attempt only.</param>
/// <param name="WithNext">It is there at every attempt, and there is a next model, which works.</param>
internal sealed record Case(Outcome Always, Outcome Once, Outcome WithNext)
{
    public Outcome Of(Variant variant) => variant switch
    {
        Variant.Always => Always,
        Variant.Once => Once,
        _ => WithNext,
    };

    /// <summary>The same, each with a change.</summary>
    public Case With(Func<Outcome, Outcome> change) => new(change(Always), change(Once), change(WithNext));
}
