using Serving.LoadTests.Measures;

namespace Serving.LoadTests.Reporting;

/// <summary>What a process used in the run.</summary>
internal sealed record ProcessReport
{
    private const double MiB = 1024 * 1024;

    public required string Name { get; init; }

    /// <summary>CPU time while the load ran, in seconds.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>CPU time by request of the judged lane, in microseconds.</summary>
    public required double CpuPerRequest { get; init; }

    /// <summary>Resident memory in MiB: the middle value after the plateau's begin, and the most.</summary>
    public required double Memory { get; init; }

    /// <inheritdoc cref="Memory"/>
    public required double MostMemory { get; init; }

    /// <summary>
    /// Growth of memory in percent a minute, by a line through the samples of the last two thirds of the run; null if those are shorter than ten minutes, which says nothing.
    /// </summary>
    public required double? Growth { get; init; }

    public required IReadOnlyList<ProcessSample> Samples { get; init; }

    public static ProcessReport Of(ProcessMeter meter, double duration, long requests)
    {
        var loaded = meter.Samples.Where(sample => sample.At <= duration + 1).ToList();
        var settled = loaded.Where(sample => sample.At >= duration / 3).Select(sample => (sample.At / 60, sample.Resident / MiB)).ToList();
        var cpu = loaded.Count > 1 ? loaded[^1].CpuSeconds - loaded[0].CpuSeconds : 0;
        var memory = Trend.Median(settled.Select(sample => sample.Item2));
        return new ProcessReport
        {
            Name = meter.Name,
            CpuSeconds = Math.Round(cpu, 2),
            CpuPerRequest = requests == 0 ? 0 : Math.Round(cpu * 1e6 / requests, 1),
            Memory = Math.Round(memory, 1),
            MostMemory = Math.Round(loaded.Select(sample => sample.Resident / MiB).DefaultIfEmpty().Max(), 1),
            Growth = duration < 900 || memory == 0 ? null : Math.Round(100 * Trend.Slope(settled) / memory, 4),
            Samples = meter.Samples,
        };
    }
}
