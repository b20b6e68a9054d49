using System.Globalization;

namespace Serving.LoadTests.Measures;

/// <summary>Reads a process's accounts in <c>/proc</c>. Where there is none, there are no samples.</summary>
public sealed class ProcessMeter(string name, int id)
{
    private const double TicksPerSecond = 100; // USER_HZ, which is 100 wherever .NET runs on Linux

    private readonly List<ProcessSample> _samples = [];

    /// <summary>A name for reports.</summary>
    public string Name => name;

    /// <summary>What was read, oldest first.</summary>
    public IReadOnlyList<ProcessSample> Samples => _samples;

    /// <summary>Reads now; nothing happens if the process has ended.</summary>
    /// <param name="at">The time from the run's start.</param>
    public void Sample(TimeSpan at)
    {
        if (Read(id, at.TotalSeconds) is { } sample)
            _samples.Add(sample);
    }

    /// <summary>What a process has used up to now; null if it has ended.</summary>
    /// <param name="id">The process.</param>
    /// <param name="at">The moment's time in the sample.</param>
    internal static ProcessSample? Read(int id, double at = 0)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{id}/stat");
        }
        catch (IOException)
        {
            return null;
        }

        // The name in parentheses may contain anything; the fields behind it begin with the third.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessSample(at, (Field(14) + Field(15)) / TicksPerSecond, Field(24) * Environment.SystemPageSize, (int)Field(20));

        long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
    }
}
