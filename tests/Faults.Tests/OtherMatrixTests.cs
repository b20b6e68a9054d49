using Serving.Faults.Tests.Hosting;
using Serving.Faults.Tests.Matrix;

namespace Serving.Faults.Tests;

/// <summary>The matrix on the other wires, as far as they differ from OpenAI's.</summary>
public sealed class OtherMatrixTests(FaultHost host) : IClassFixture<FaultHost>
{
    private static readonly Dictionary<string, Cell> Table = OtherProviders.Cells.ToDictionary(cell => cell.ToString(), StringComparer.Ordinal);

    public static TheoryData<string> Cells => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cells))]
    public Task Fault_InACell_EndsAsWritten(string cell) => Table[cell].VerifyAsync(host, TestContext.Current.CancellationToken);
}
