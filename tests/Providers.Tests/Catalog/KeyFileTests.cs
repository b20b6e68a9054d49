using Serving.Providers.Catalog;
using Serving.Providers.Resilience;
using Serving.Tests;

namespace Serving.Providers.Tests.Catalog;

public sealed class KeyFileTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("serving-keys-").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _log = new();

    private string Path => System.IO.Path.Combine(_folder, "key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Key_FileChanges_IsReadAgainAfterASecond()
    {
        var file = Create("first\n");

        File.WriteAllText(Path, "  second\r\n");
        var early = file.Key;
        _time.Advance(Second);

        Assert.Equal("first", early);
        Assert.Equal(("second", 1), (file.Key, file.Version));
    }

    [Fact]
    public void Key_EachThatIsRead_IsToldBeforeItIsUsed()
    {
        var seen = new List<string>();
        File.WriteAllText(Path, "first");
        var file = new KeyFile(Path, "openai", Services with { KeySeen = seen.Add });
        File.WriteAllText(Path, "second");
        _time.Advance(Second);

        Assert.Equal("second", file.Key);
        Assert.Equal(["first", "second"], seen);
    }

    [Fact]
    public void Key_SameLengthWithinTheSameMoment_IsSeen()
    {
        var file = Create("aaaa");
        var written = File.GetLastWriteTimeUtc(Path);
        File.WriteAllText(Path, "bbbb");
        File.SetLastWriteTimeUtc(Path, written);

        _time.Advance(Second);

        Assert.Equal("bbbb", file.Key);
    }

    [Fact]
    public void Key_LinkOfItsFolderTurned_IsTheNewOne()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        foreach (var version in (string[])["one", "two"])
        {
            Directory.CreateDirectory(System.IO.Path.Combine(_folder, version));
            File.WriteAllText(System.IO.Path.Combine(_folder, version, "key"), version);
        }

        var data = System.IO.Path.Combine(_folder, "..data");
        Directory.CreateSymbolicLink(data, "one");
        File.CreateSymbolicLink(Path, System.IO.Path.Combine("..data", "key"));
        var file = new KeyFile(Path, "openai", Services);
        Directory.Delete(data);
        Directory.CreateSymbolicLink(data, "two");

        _time.Advance(Second);

        Assert.Equal(("two", 1), (file.Key, file.Version));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("two words")]
    [InlineData("schlüssel")]
    public void Key_FileBecomesUnusable_StaysAndIsToldOnce(string? text)
    {
        var file = Create("good-key");
        Break(text);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Second);
            Assert.Equal(("good-key", 0), (file.Key, file.Version));
        }

        var told = Assert.Single(_log.Lines);
        File.WriteAllText(Path, "good-key");
        _time.Advance(Second);
        Assert.Equal("good-key", file.Key);
        Break(text);
        _time.Advance(Second);
        Assert.Equal("good-key", file.Key);

        Assert.StartsWith("Warning The key file", told, StringComparison.Ordinal);
        Assert.Equal(2, _log.Lines.Count);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("good-key", StringComparison.Ordinal));
    }

    [Fact]
    public void Key_Changed_IsToldWithoutTheKey()
    {
        var file = Create("old-canary");
        File.WriteAllText(Path, "new-canary");
        _time.Advance(Second);

        Assert.Equal("new-canary", file.Key);
        Assert.DoesNotContain("canary", Assert.Single(_log.Lines));
    }

    [Fact]
    public async Task Key_ManyReadersWhileItChanges_GetOneOfTheTwo()
    {
        var file = Create("first");
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(reader => Task.Run(
            () =>
            {
                var seen = new HashSet<string?>();
                for (var i = 0; i < 200; i++)
                {
                    if (reader == 0)
                        File.Move(Written(i % 2 == 0 ? "second" : "first"), Path, overwrite: true);
                    _time.Advance(Second);
                    seen.Add(file.Key);
                }

                return seen;
            },
            TestContext.Current.CancellationToken)));

        Assert.Subset(new HashSet<string?> { "first", "second" }, keys.SelectMany(seen => seen).ToHashSet());
        Assert.True(file.Version > 0);
    }

    private KeyFile Create(string text)
    {
        File.WriteAllText(Path, text);
        return new KeyFile(Path, "openai", Services);
    }

    private string Written(string text)
    {
        var path = System.IO.Path.Combine(_folder, "next");
        File.WriteAllText(path, text);
        return path;
    }

    private void Break(string? text)
    {
        if (text is null)
            File.Delete(Path);
        else
            File.WriteAllText(Path, text);
    }

    private ResilienceServices Services => new() { TimeProvider = _time, Logger = _log };
}
