using Serving.LoadTests.Measures;

namespace Serving.LoadTests.Tests.Measures;

public sealed class ProcessMeterTests
{
    [Fact]
    public void Sample_OwnProcess_AgreesWithTheRuntime()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var meter = new ProcessMeter("tests", Environment.ProcessId);
        var before = process.TotalProcessorTime.TotalSeconds;
        meter.Sample(TimeSpan.FromSeconds(3));
        process.Refresh();

        var sample = Assert.Single(meter.Samples);
        Assert.Equal(3, sample.At);
        // A tick of the account is a hundredth of a second.
        Assert.InRange(sample.CpuSeconds, before - 0.02, process.TotalProcessorTime.TotalSeconds + 0.02);
        Assert.InRange(sample.Resident, process.WorkingSet64 / 2, process.WorkingSet64 * 2);
        Assert.InRange(sample.Threads, 2, 1000);
    }

    [Fact]
    public void Sample_ProcessThatIsGone_TakesNone()
    {
        var meter = new ProcessMeter("nobody", int.MaxValue);
        meter.Sample(TimeSpan.Zero);
        Assert.Empty(meter.Samples);
    }
}
