using System.Text;
using Serilog.Events;
using Serilog.Parsing;
using Serving.Host.Telemetry;
using Serving.Tests;

namespace Serving.Host.Tests.Telemetry;

public sealed class LogStreamTests : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly ManualTimeProvider _time = new();
    private readonly Written _written = new();

    [Fact]
    public void Emit_ALineByItself_IsWrittenAtOnce()
    {
        using var log = Log();
        for (var i = 0; i < 3; i++)
        {
            log.Emit(Event(LogEventLevel.Information, $"line {i}"));
            Assert.Equal(i + 1, _written.Writes.Count);
            _time.Advance(Apart);
        }
    }

    [Fact]
    public void Emit_LinesThatFollowClosely_AreWrittenTogetherAfterTenMilliseconds()
    {
        using var log = Log();
        for (var i = 0; i < 4; i++)
            log.Emit(Event(LogEventLevel.Information, $"line {i}"));
        Assert.Contains("line 0", Assert.Single(_written.Writes));

        _time.Advance(Linger);

        Assert.Equal(2, _written.Writes.Count);
        var lines = _written.Writes[1].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains("line 3", lines[2]);
    }

    [Fact]
    public void Emit_ALineAfterOnesThatWait_WaitsWithThem()
    {
        using var log = Log();
        log.Emit(Event(LogEventLevel.Information, "at once"));
        log.Emit(Event(LogEventLevel.Information, "waits"));
        _time.Advance(Apart);

        log.Emit(Event(LogEventLevel.Information, "later"));

        Assert.Single(_written.Writes);
        _time.Advance(Linger - Apart);
        Assert.Matches("waits[^\n]*\n[^\n]*later", _written.Writes[1]);
    }

    [Fact]
    public void Emit_AnError_WritesItAndWhatCameBeforeAtOnce()
    {
        using var log = Log();
        log.Emit(Event(LogEventLevel.Warning, "first"));
        log.Emit(Event(LogEventLevel.Warning, "before"));

        log.Emit(Event(LogEventLevel.Error, "error"));

        Assert.Matches("before[^\n]*\n[^\n]*error", _written.Writes[1]);
    }

    [Fact]
    public void Emit_MoreThanIsGathered_WritesWithoutWaiting()
    {
        using var log = Log();
        for (var i = 0; i < 1000; i++)
            log.Emit(Event(LogEventLevel.Information, new string('x', 100)));

        Assert.InRange(_written.Writes.Count, 2, 20);
    }

    [Fact]
    public async Task Emit_WhileTheStreamTakesNothing_GathersUpToItsMostAndThenWaits()
    {
        using var log = Log();
        var first = EmitWhileNothingIsTaken(log, "first");

        var line = new string('x', 64 * 1024);
        for (var i = 0; i < 16; i++)
            log.Emit(Event(LogEventLevel.Information, line)); // over 1 MiB, and nobody has waited
        var waits = new Thread(() => log.Emit(Event(LogEventLevel.Information, "last")));
        waits.Start();
        Assert.True(SpinWait.SpinUntil(() => waits.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(30)));
        _written.Takes.Set();
        await first;
        waits.Join();
        log.Dispose();

        var all = string.Concat(_written.Writes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(18, all.Length);
        Assert.Contains("first", all[0]);
        Assert.Contains("last", all[17]);
    }

    [Fact]
    public async Task Emit_LinesCameWhileOthersWereWritten_AreWrittenTenMillisecondsLater()
    {
        using var log = Log();
        var first = EmitWhileNothingIsTaken(log, "first");
        log.Emit(Event(LogEventLevel.Information, "second"));
        _written.Takes.Set();
        await first;

        _time.Advance(Linger);

        Assert.Contains("second", _written.Writes[1]);
    }

    [Fact]
    public void Dispose_LinesWait_WritesThem()
    {
        var log = Log();
        log.Emit(Event(LogEventLevel.Information, "first"));
        log.Emit(Event(LogEventLevel.Information, "last words"));

        log.Dispose();
        log.Emit(Event(LogEventLevel.Information, "too late"));

        Assert.Equal(2, _written.Writes.Count);
        Assert.Contains("last words", _written.Writes[1]);
    }

    [Fact]
    public void Emit_NobodyReads_EndsNothing()
    {
        _written.IsBroken = true;
        var log = Log();
        log.Emit(Event(LogEventLevel.Information, "unheard"));
        log.Emit(Event(LogEventLevel.Information, "unheard"));

        _time.Advance(Linger);
        log.Dispose();

        Assert.Empty(_written.Writes);
    }

    public void Dispose() => _written.Dispose();

    private LogStream Log() => new(_written, new JsonLogFormatter(new Redactor()), _time);

    private LogEvent Event(LogEventLevel level, string text) => new(_time.GetUtcNow(), level, null, new MessageTemplateParser().Parse(text), []);

    /// <summary>Has a line wait in its write until the stream takes it again.</summary>
    private Task EmitWhileNothingIsTaken(LogStream log, string text)
    {
        _written.Takes.Reset();
        var emitting = Task.Run(() => log.Emit(Event(LogEventLevel.Information, text)), Cancellation);
        _written.Begun.Wait(Cancellation);
        return emitting;
    }

    /// <summary>Keeps each write by itself, and waits with it while it takes nothing.</summary>
    private sealed class Written : MemoryStream
    {
        public List<string> Writes { get; } = [];

        public bool IsBroken { get; set; }

        public ManualResetEventSlim Takes { get; } = new(true);

        public ManualResetEventSlim Begun { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsBroken)
                throw new IOException("The pipe is broken.");
            Begun.Set();
            Takes.Wait();
            Writes.Add(Encoding.UTF8.GetString(buffer));
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
