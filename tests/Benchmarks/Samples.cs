namespace Serving.Benchmarks;

/// <summary>What a server did in one round of load.</summary>
internal sealed record Sample(double PerSecond, double CpuPerRequest, double BytesPerRequest, long WorkingSet);

/// <summary>Takes samples and tells them.</summary>
internal static class Samples
{
    public static async Task<Sample> MeasureAsync(ServerProcess server, string path, string body, int connections, TimeSpan duration)
    {
        var before = await server.StatsAsync();
        var answers = await LoadClient.RunAsync(server.Address, path, body, connections, duration);
        var after = await server.StatsAsync();
        return new Sample(
            answers / duration.TotalSeconds,
            (after.CpuMicroseconds - before.CpuMicroseconds) / answers,
            (double)(after.AllocatedBytes - before.AllocatedBytes) / answers,
            after.WorkingSet);
    }

    public static void Report(string name, List<Sample> samples) => Console.WriteLine(
        $"{name,-50} {Median(samples.Select(s => s.PerSecond)),9:0} req/s {Median(samples.Select(s => s.CpuPerRequest)),7:0.0} µs CPU/req {Median(samples.Select(s => s.BytesPerRequest)),7:0} B/req {samples[^1].WorkingSet / 1048576.0,6:0} MiB");

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
