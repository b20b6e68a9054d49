using System.Runtime.InteropServices;
using Serving.LoadTests.Client;
using Serving.LoadTests.Driver;
using Serving.LoadTests.Measures;
using Serving.LoadTests.Reporting;
using Serving.LoadTests.Scenarios;
using Serving.LoadTests.Targets;

namespace Serving.LoadTests;

/// <summary>Runs a scenario from starting its servers to the report.</summary>
internal sealed class LoadRun(LoadArguments arguments, TimeProvider time, RunProgress progress)
{
    // The control lane has a name of its own, so that faults and counts are not its.
    private const string Control = "~id=control";
    private const double ControlPerSecond = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // As long as an orchestrator's grace period; the host's own is 30 s.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(60);

    private readonly Scenario _scenario = arguments.Scenario;

    public async Task<RunReport> RunAsync(CancellationToken cancellationToken)
    {
        await using var simulator = arguments.SimulatorUrl is { } url ? SimulatorServer.At(url)
            : arguments.BaseUrl is null ? await SimulatorServer.StartAsync(arguments.Seed, cancellationToken) : null;
        await using var host = arguments.BaseUrl is { } address ? HostServer.At(address, arguments.MetricsUrl, arguments.HostPid)
            : await HostServer.StartAsync(simulator!.Address, arguments.Model, _scenario.HostSettings.Concat(arguments.Settings).GroupBy(setting => setting.Key).Select(group => group.Last()), cancellationToken);
        var options = new LoadClientOptions { Timeout = arguments.Timeout, Time = time };
        using var client = new LoadClient(host.Address, options);
        using var direct = simulator is null ? null : new LoadClient(simulator.Address, options);

        await WarmUpAsync(client, direct, cancellationToken);
        if (simulator is not null)
        {
            await QuietAsync(simulator, host, cancellationToken);
            await simulator.ClearAsync(cancellationToken);
            await InjectAsync(simulator, cancellationToken);
        }

        var lanes = Lanes(client, direct, _scenario.Load(arguments.Rate, arguments.Duration), arguments.Duration);
        var meters = Meters(host, simulator);
        var started = time.GetUtcNow();
        await DriveAsync(lanes, meters, cancellationToken);

        // What is left is only known when all is quiet; after a stop there is no use in waiting.
        var (left, streams) = cancellationToken.IsCancellationRequested ? (null, null) : await QuietAsync(simulator, host, cancellationToken);
        var tally = simulator is null || cancellationToken.IsCancellationRequested ? null : await simulator.TallyAsync(arguments.Model, cancellationToken);
        foreach (var lane in lanes)
            lane.Recorder.End();
        var endedCleanly = host.Process is null ? (bool?)null : await host.Process.StopAsync(EndPatience);
        var report = new RunReport
        {
            Scenario = _scenario.Name,
            Description = _scenario.Description,
            Started = started,
            Duration = arguments.Duration.TotalSeconds,
            Rate = arguments.Rate,
            Seed = arguments.Seed,
            Pacing = arguments.Pacing.ToString(),
            Target = arguments.BaseUrl?.AbsoluteUri ?? "a host and a simulator on this machine",
            Machine = $"{RuntimeInformation.OSDescription.Trim()}, {Environment.ProcessorCount} cores, .NET {Environment.Version}",
            WasStopped = cancellationToken.IsCancellationRequested,
            Lanes = [.. lanes.Select(LaneReport.Of)],
            Stages = StageReport.Of(lanes[0].Simulations, lanes[0].Recorder.Seconds),
            Processes = [.. meters.Select(meter => ProcessReport.Of(meter, arguments.Duration.TotalSeconds, lanes[0].Recorder.SentCount))],
            Provider = tally,
            LeftInFlight = left,
            LeftStreams = streams,
            EndedCleanly = endedCleanly,
        };
        return report with { Checks = Thresholds.Judge(report, _scenario, arguments.Thresholds) };
    }

    private async Task WarmUpAsync(LoadClient client, LoadClient? direct, CancellationToken cancellationToken)
    {
        if (arguments.WarmUp <= TimeSpan.Zero)
            return;
        progress.Say($"warming up for {arguments.WarmUp.TotalSeconds:0.#} s");
        // Beyond capacity there is nothing to warm up for: the rate is the first simulation's.
        var rate = _scenario.Load(arguments.Rate, arguments.Duration)[0].Amount;
        await Driver().RunAsync(Lanes(client, direct, [LoadSimulation.Inject(rate, TimeSpan.FromSeconds(1), arguments.WarmUp)], arguments.WarmUp), cancellationToken);
    }

    private LoadDriver Driver() => new(new LoadDriverOptions { Seed = arguments.Seed, Pacing = arguments.Pacing, Drain = arguments.Timeout, Time = time });

    /// <summary>The load; and, in a run with a simulator, a little of it straight to the simulator, as a control.</summary>
    private List<Lane> Lanes(LoadClient client, LoadClient? direct, IReadOnlyList<LoadSimulation> simulations, TimeSpan duration)
    {
        var lanes = new List<Lane> { new() { Name = "host", Client = client, Simulations = simulations, Requests = Requests(), Recorder = new Recorder() } };
        if (direct is not null)
        {
            RequestKind[] kinds = [.. _scenario.Steps.Select(step => step.Kind == RequestKind.Stream ? RequestKind.Stream : RequestKind.Invoke).Distinct()];
            LoadRequest[] requests =
            [
                .. kinds.Select(kind => OpenAiWire.Request(kind, arguments.Model + Control, JokeChain.Messages, _scenario.Model.Pieces) with { ModelTime = _scenario.Model.TimeOf(kind) }),
            ];
            lanes.Add(new Lane
            {
                Name = "simulator, as a control", Client = direct, Simulations = [LoadSimulation.Inject(ControlPerSecond, TimeSpan.FromSeconds(1), duration)],
                Requests = n => requests[n % requests.Length], Recorder = new Recorder(),
            });
        }

        return lanes;
    }

    private Func<long, LoadRequest> Requests()
    {
        var pieces = arguments.HasNumberedText ? _scenario.Model.Pieces : (int?)null;
        // Where faults change the pace, the model's own time is not known; nor is that of another's model.
        var knowsTime = arguments.HasNumberedText && _scenario.Faults.Count == 0;
        var requests = _scenario.Steps.Select(step => LangServeWire.Request(step.Kind, JokeChain.Path, JokeChain.Input, step.Inputs, pieces) with
        {
            LeaveAfter = step.LeaveAfter,
            ModelTime = knowsTime ? _scenario.Model.TimeOf(step.Kind) : null,
        }).ToArray();
        var total = _scenario.Steps.Sum(step => step.Weight);
        // Another seed than the arrivals', so that kinds do not go with distances.
        var dice = new Dice(~arguments.Seed);
        return n =>
        {
            var at = dice.Of(n) * total;
            var index = 0;
            for (; index < requests.Length - 1 && at >= _scenario.Steps[index].Weight; index++)
                at -= _scenario.Steps[index].Weight;
            return requests[index];
        };
    }

    private async Task InjectAsync(SimulatorServer simulator, CancellationToken cancellationToken)
    {
        // Rules are asked one after the other, so each sees only what those before have left.
        double left = 1;
        foreach (var fault in _scenario.Faults)
        {
            await simulator.AddFaultAsync(arguments.Model, fault.Rule(left), cancellationToken);
            left -= fault.Share;
        }
    }

    private static List<ProcessMeter> Meters(HostServer host, SimulatorServer? simulator)
    {
        var meters = new List<ProcessMeter>();
        if (host.ProcessId is { } id)
            meters.Add(new ProcessMeter("host", id));
        if (simulator?.Process is { } process)
            meters.Add(new ProcessMeter("simulator", process.Id));
        meters.Add(new ProcessMeter("load generator", Environment.ProcessId));
        return meters;
    }

    private async Task DriveAsync(List<Lane> lanes, List<ProcessMeter> meters, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource();
        var watching = WatchAsync(lanes[0].Recorder, meters, over.Token);
        try
        {
            await Driver().RunAsync(lanes, cancellationToken);
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }

    /// <summary>Once a second: accounts, and a line for those who watch.</summary>
    private async Task WatchAsync(Recorder recorder, List<ProcessMeter> meters, CancellationToken over)
    {
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            do
            {
                var at = time.GetElapsedTime(start);
                foreach (var meter in meters)
                    meter.Sample(at);
                progress.Show(at, arguments.Duration, recorder, meters[0]);
            }
            while (await timer.WaitForNextTickAsync(over));
        }
        catch (OperationCanceledException)
        {
            // The last second is the report's.
        }
    }

    /// <summary>Waits until nothing is in flight any more, at the host nor at the simulator; what was left when patience ended.</summary>
    private async Task<(double? InFlight, double? Streams)> QuietAsync(SimulatorServer? simulator, HostServer host, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var inFlight = await host.SumAsync("serving_requests_in_flight", cancellationToken);
            var streams = await host.SumAsync("serving_streams_active", cancellationToken);
            var open = simulator is null ? 0 : (await simulator.TallyAsync(arguments.Model, cancellationToken)).Open;
            if ((inFlight ?? 0) + (streams ?? 0) + open == 0 || time.GetElapsedTime(start) > Patience)
                return (inFlight, streams);
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
        }
    }
}
