using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serving.Benchmarks;

/// <summary>
/// Hosts as they start, in turns: the time from the start of the process to the first 200 of <c>/ready</c>, and what its first requests take, one after the other on
/// one connection. They call the simulator. Latencies are the client's, CPU time that of the host's threads.
/// </summary>
internal static class StartUp
{
    private const string Body = """{"input":{"topic":"parrots"}}""";
    private static readonly int[] Marks = [1, 10, 100];

    /// <param name="hosts">Executables or assemblies of hosts to compare; none for the one that was built with this program.</param>
    /// <param name="rounds">How often each is started for each path.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> hosts, int rounds)
    {
        await using var simulator = await ServerProcess.StartAsync("simulator");
        if (hosts.Count == 0)
            hosts = [HostBinary.Path];
        Console.WriteLine($"machine: {Environment.ProcessorCount} cores, .NET {Environment.Version}, medians of {rounds} starts in turn");
        foreach (var path in (string[])["/joke/invoke", "/joke/stream"])
        {
            var starts = hosts.Select(_ => new List<Start>()).ToArray();
            for (var round = -1; round < rounds; round++) // the first warms this program and the files
            {
                for (var turn = 0; turn < hosts.Count; turn++)
                {
                    var i = (round + 1 + turn) % hosts.Count;
                    var start = await MeasureAsync(hosts[i], simulator.Address, path);
                    if (round >= 0)
                        starts[i].Add(start);
                }
            }

            for (var i = 0; i < hosts.Count; i++)
            {
                Console.WriteLine($"{path} {hosts[i]}");
                Console.WriteLine($"  ready after {Median(starts[i], start => start.Ready),6:0} ms, {Median(starts[i], start => start.CpuToReady),6:0} ms CPU");
                foreach (var mark in Marks)
                {
                    var slowest = Median(starts[i], start => start.Latencies.Take(mark).Max());
                    var sum = Median(starts[i], start => start.Latencies.Take(mark).Sum());
                    Console.WriteLine($"  first {mark,3}: slowest {slowest,6:0.0} ms, together {sum,6:0.0} ms, {Median(starts[i], start => start.Cpu[mark]),6:0.0} ms CPU");
                }
            }
        }

        return 0;
    }

    private static double Median(List<Start> starts, Func<Start, double> value) => Samples.Median(starts.Select(value));

    private static async Task<Start> MeasureAsync(string host, Uri provider, string path)
    {
        var port = FreePort();
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(Command(host, provider, port)) ?? throw new InvalidOperationException($"{host} did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine(); // a log that nobody reads stops the host
        try
        {
            while (!await IsReadyAsync(port))
            {
                if (process.HasExited)
                    throw new InvalidOperationException($"{host} ended with {process.ExitCode}.");
            }

            var ready = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            var cpu = Cpu(process);
            var start = new Start(ready, cpu, [], []);
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            client.NoDelay = true;
            await using var stream = client.GetStream();
            for (var i = 1; i <= Marks[^1]; i++)
            {
                var sent = Stopwatch.GetTimestamp();
                await RequestAsync(stream, path);
                start.Latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                if (Marks.Contains(i))
                    start.Cpu[i] = Cpu(process) - cpu;
            }

            return start;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static ProcessStartInfo Command(string host, Uri provider, int port)
    {
        var start = host.EndsWith(".dll", StringComparison.Ordinal) ? new ProcessStartInfo("dotnet", [host]) : new ProcessStartInfo(host);
        start.RedirectStandardOutput = true;
        foreach (var (key, value) in ((string Key, string Value)[])
            [
                ("PORT", port.ToString(CultureInfo.InvariantCulture)), ("BIND_ADDRESS", "127.0.0.1"), ("METRICS_PORT", "0"), ("OPENAI_API_KEY", "key"),
                ("OPENAI_BASE_URL", new Uri(provider, "/v1").AbsoluteUri), ("DEFAULT_MODEL", "openai:sim"), ("LOG_FORMAT", "json"),
            ])
        {
            start.Environment[key] = value;
        }

        return start;
    }

    private static async Task<bool> IsReadyAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            var stream = client.GetStream();
            await stream.WriteAsync("GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            var answer = new byte[12];
            await stream.ReadExactlyAsync(answer);
            return answer.AsSpan().EndsWith("200"u8);
        }
        catch (Exception early) when (early is SocketException or IOException)
        {
            await Task.Delay(2);
            return false;
        }
    }

    /// <summary>Sends a request and reads its answer to the end.</summary>
    private static async Task RequestAsync(NetworkStream stream, string path)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (!IsWhole(buffer.AsSpan(0, length)))
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length));
            length += count > 0 ? count : throw new InvalidOperationException("The host closed the connection.");
        }

        if (!buffer.AsSpan().StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException(Encoding.UTF8.GetString(buffer, 0, length));
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var field = answer.IndexOf("Content-Length: "u8);
        if (field < 0 || field > end)
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        var digits = answer[(field + 16)..];
        return answer.Length >= end + 4 + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }

    /// <summary>CPU time in ms, finer than the ticks of the process's own sum.</summary>
    private static double Cpu(Process process) =>
        Directory.GetDirectories($"/proc/{process.Id}/task").Sum(task => double.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) / 1e6;

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port; // it is bound
    }

    private sealed record Start(double Ready, double CpuToReady, List<double> Latencies, Dictionary<int, double> Cpu);
}
