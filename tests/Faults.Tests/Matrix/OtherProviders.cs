using Serving.Faults.Tests.Hosting;
using static Serving.Faults.Tests.Matrix.Expected;

namespace Serving.Faults.Tests.Matrix;

/// <summary>Where the other wires differ: in how they say what is wrong, and Anthropic's in all. What is expected is the same but for what is named here.</summary>
internal static class OtherProviders
{
    private static readonly double[] LikeDates = [2.5, 2.25, 1.875];
    private static readonly double[] WholeSecond = [1.5, 1.5, 1.5];

    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        .. Of(Provider.Anthropic, row => true, row => row.Name switch
        {
            // Told as a time of day in whole seconds.
            "429 reset-requests" => row with { Start = row.Start.With(Passes(429, Sentence.Limited, 2, LikeDates)) },
            "429 reset-tokens" => row with { Start = row.Start.With(Passes(429, Sentence.Limited)) },
            _ => row,
        }),
        .. Of(Provider.Azure, IsInOwnWords, row => row.Name switch
        {
            "429 reset-tokens" => row with { Start = row.Start.With(Passes(429, Sentence.Limited, 1, WholeSecond)) },
            _ => row,
        }),
        .. Of(Provider.Mistral, IsInOwnWords, row => row),
        .. Of(Provider.Cohere, IsInOwnWords, row => row),
    ];

    /// <summary>Cells that show the wire: the policy above it is the same for all, and tested with OpenAI's.</summary>
    public static IEnumerable<Cell> Cells => Cell.Of(Rows).Where(cell => cell is { Endpoint: Endpoint.Invoke or Endpoint.Stream, Variant: Variant.Always });

    private static IEnumerable<FaultRow> Of(Provider provider, Func<FaultRow, bool> isShown, Func<FaultRow, FaultRow> change) =>
        OpenAiFaults.Rows.Where(row => !row.IsLasting && isShown(row)).Select(row => change(row) with { Provider = provider });

    private static bool IsInOwnWords(FaultRow row) =>
        char.IsAsciiDigit(row.Name[0]) || row.Name is "unknown-model" or "quota" or "context" or "policy" or "filter" or "refusal" or "slow"
        || row.Name.StartsWith("error", StringComparison.Ordinal);
}
