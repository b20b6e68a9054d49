using Serving.Faults.Tests.Matrix;
using Serving.Simulator;

namespace Serving.Faults.Tests;

/// <summary>The written matrix is the tested one, and has all there is.</summary>
public sealed class MatrixPageTests
{
    [Fact]
    public void Page_ComparedWithTheCommittedOne_IsTheSame()
    {
        var file = Path.Combine(Root(), "docs", "fault-matrix.md");
        var page = MatrixPage.Render();
        if (Environment.GetEnvironmentVariable("UPDATE_FAULT_MATRIX") == "1")
            File.WriteAllText(file, page);

        Assert.True(
            File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == page,
            "docs/fault-matrix.md is not what the tables say. If they are right, accept it: UPDATE_FAULT_MATRIX=1 dotnet test tests/Faults.Tests");
    }

    [Fact]
    public async Task Rows_ComparedWithTheSimulatorsFaults_MissNone()
    {
        await using var simulator = await SimulatorHost.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var listed = Assert.Throws<FormatException>(() => simulator.Faults.Add("sim", "no-such-fault")).Message;
        var faults = listed[(listed.IndexOf("Faults: ", StringComparison.Ordinal) + "Faults: ".Length)..listed.IndexOf(". Keys", StringComparison.Ordinal)].Split(' ');
        var used = OpenAiFaults.Rows.SelectMany(row => new[] { row.Start, row.Text, row.Tool }).Select(place => place.Model.Split('~')[0]);

        Assert.Empty(faults.Except(used, StringComparer.Ordinal));
        Assert.True(faults.Length > 30);
    }

    [Fact]
    public void Cells_ThatCannotOccur_HaveTheirReason() => Assert.All(
        OpenAiFaults.Rows.Concat(OtherProviders.Rows).SelectMany(row => new[] { row.Start, row.Text, row.Tool }),
        place => Assert.True(place is { Whole: not null, Stream: not null, Events: not null } || place.Reason is { Length: > 0 }));

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Serving.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds Serving.sln; run the tests from a clone.");
    }
}
