using System.Text;
using Serilog.Events;
using Serilog.Parsing;
using Serving.Host.Telemetry;
using Serving.Tests;

namespace Serving.Host.Tests.Telemetry;

public sealed class LogStreamTests : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly Written _written = new();

    [Fact]
    public void Emit_SeveralLines_WritesThemTogetherAfterTenMilliseconds()
    {
        using var log = Log();
        for (var i = 0; i < 3; i++)
            log.Emit(Event(LogEventLevel.Information, $"line {i}"));
        Assert.Empty(_written.Writes);

        _time.Advance(Linger);

        var lines = Assert.Single(_written.Writes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains("line 2", lines[2]);
    }

    [Fact]
    public void Emit_AnError_WritesItAndWhatCameBeforeAtOnce()
    {
        using var log = Log();
        log.Emit(Event(LogEventLevel.Warning, "before"));

        log.Emit(Event(LogEventLevel.Error, "error"));

        Assert.Matches("before[^\n]*\n[^\n]*error", Assert.Single(_written.Writes));
    }

    [Fact]
    public void Emit_MoreThanTheBufferHolds_WritesWithoutWaiting()
    {
        using var log = Log();
        for (var i = 0; i < 1000; i++)
            log.Emit(Event(LogEventLevel.Information, new string('x', 100)));

        Assert.InRange(_written.Writes.Count, 2, 20);
    }

    [Fact]
    public void Emit_LinesInTwoIntervals_WritesTwice()
    {
        using var log = Log();
        foreach (var text in (string[])["first", "second"])
        {
            log.Emit(Event(LogEventLevel.Information, text));
            _time.Advance(Linger);
        }

        Assert.Equal(2, _written.Writes.Count);
    }

    [Fact]
    public void Dispose_LinesWait_WritesThem()
    {
        var log = Log();
        log.Emit(Event(LogEventLevel.Information, "last words"));

        log.Dispose();
        log.Emit(Event(LogEventLevel.Information, "too late"));

        Assert.Contains("last words", Assert.Single(_written.Writes));
    }

    [Fact]
    public void Emit_NobodyReads_EndsNothing()
    {
        _written.IsBroken = true;
        var log = Log();
        log.Emit(Event(LogEventLevel.Information, "unheard"));

        _time.Advance(Linger);
        log.Dispose();

        Assert.Empty(_written.Writes);
    }

    public void Dispose() => _written.Dispose();

    private LogStream Log() => new(_written, new JsonLogFormatter(new Redactor()), _time);

    private LogEvent Event(LogEventLevel level, string text) => new(_time.GetUtcNow(), level, null, new MessageTemplateParser().Parse(text), []);

    /// <summary>Keeps each write by itself.</summary>
    private sealed class Written : MemoryStream
    {
        public List<string> Writes { get; } = [];

        public bool IsBroken { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsBroken)
                throw new IOException("The pipe is broken.");
            Writes.Add(Encoding.UTF8.GetString(buffer));
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
