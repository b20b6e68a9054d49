using Serving.Faults.Tests.Hosting;
using Serving.Faults.Tests.Matrix;

namespace Serving.Faults.Tests;

/// <summary>The whole matrix on OpenAI's wire: a test for each cell.</summary>
public sealed class OpenAiMatrixTests(FaultHost host) : IClassFixture<FaultHost>
{
    private static readonly Dictionary<string, Cell> Table = Cell.Of(OpenAiFaults.Rows).ToDictionary(cell => cell.ToString(), StringComparer.Ordinal);

    public static TheoryData<string> Cells => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cells))]
    public Task Fault_InACell_EndsAsWritten(string cell) => Table[cell].VerifyAsync(host, TestContext.Current.CancellationToken);
}
