using System.Globalization;
using System.Text;

namespace Serving.LoadTests.Reporting;

/// <summary>The seconds of a run as lines of CSV. Times are milliseconds; a cell is empty where there is no value.</summary>
internal static class CsvReport
{
    public static string Of(RunReport run)
    {
        var text = new StringBuilder("second,due,ok,left,refused,failed,in_flight,bytes,p50_ms,p95_ms,p99_ms,max_ms,first_piece_p95_ms,lag_ms");
        foreach (var process in run.Processes)
        {
            var name = process.Name.Replace(' ', '_');
            text.Append(',').Append(name).Append("_cpu_s,").Append(name).Append("_resident_bytes");
        }

        text.Append('\n');
        var samples = run.Processes.Select(process => process.Samples.GroupBy(sample => (int)Math.Round(sample.At)).ToDictionary(group => group.Key, group => group.Last())).ToList();
        foreach (var second in run.Main.Seconds)
        {
            object?[] cells =
            [
                second.At, second.Due, second.Ok, second.Left, second.Refused, second.Failed, second.InFlight, second.Bytes, second.P50, second.P95, second.P99, second.Max, second.FirstPieceP95, second.Lag,
            ];
            text.AppendJoin(',', cells.Select(cell => ((IFormattable?)cell)?.ToString(null, CultureInfo.InvariantCulture)));
            foreach (var accounts in samples)
            {
                // Totals at the second's end, so that any two lines give a difference.
                var sample = accounts.GetValueOrDefault(second.At + 1);
                text.Append(',').Append(sample?.CpuSeconds.ToString(CultureInfo.InvariantCulture)).Append(',').Append(sample?.Resident.ToString(CultureInfo.InvariantCulture));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
