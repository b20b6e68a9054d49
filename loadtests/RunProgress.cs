using System.Globalization;
using Serving.LoadTests.Driver;
using Serving.LoadTests.Measures;
using Spectre.Console;
using Recorder = Serving.LoadTests.Driver.Recorder;

namespace Serving.LoadTests;

/// <summary>Tells how a run goes: one line that changes at a terminal, a line every ten seconds elsewhere.</summary>
internal sealed class RunProgress(IAnsiConsole console)
{
    private const int PlainInterval = 10;

    private readonly bool _isLive = console.Profile.Out.IsTerminal;
    private int _lines;
    private int _told;

    public void Say(string text) => console.WriteLine(text);

    public void Show(TimeSpan at, TimeSpan duration, Recorder recorder, ProcessMeter host)
    {
        var last = (int)at.TotalSeconds - 1;
        if ((!_isLive && (last + 1) / PlainInterval == _told) || recorder.Look(last) is not { } second)
            return;
        _told = (last + 1) / PlainInterval;
        var (ok, refused, failed) = recorder.Totals();
        var samples = host.Samples;
        var cpu = samples.Count > 1 ? (samples[^1].CpuSeconds - samples[^2].CpuSeconds) / (samples[^1].At - samples[^2].At) : 0;
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{last + 1,5}/{duration.TotalSeconds:0} s  due {second.Due,5}/s  ok {second.Ok + second.Left,5}/s  in flight {second.InFlight,5}  P95 {second.P95 ?? 0,7:0.0} ms  lag {second.Lag,5:0.0} ms  {host.Name} {cpu * 100,4:0} % {(samples.Count > 0 ? samples[^1].Resident / 1048576.0 : 0),5:0} MiB  total ok {ok} refused {refused} failed {failed}");
        if (_isLive && _lines++ > 0)
            console.Write(new ControlCode("\u001b[1A\u001b[2K"));
        console.WriteLine(line);
    }
}
