using System.Runtime.InteropServices;
using Serving.Simulator;

if (SimulatorArguments.Parse(args, out var problem) is not { } options)
{
    await Console.Error.WriteLineAsync(problem);
    return 1;
}

var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
await using var simulator = SimulatorHost.Create(options);
try
{
    await simulator.StartAsync();
}
catch (Exception error) when (error is IOException or InvalidOperationException or FormatException)
{
    await Console.Error.WriteLineAsync($"It cannot listen on '{options.Urls}': {error.Message}");
    return 1;
}

await Console.Out.WriteLineAsync($"Simulator ready on {simulator.BaseAddress}{(options.TlsPort is null ? "" : $" and {simulator.TlsAddress}")}");
await ended.Task;
return 0;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    ended.TrySetResult();
}
