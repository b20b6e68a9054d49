using System.Text;
using Serving.Providers.Resilience;

namespace Serving.Providers.Catalog;

/// <summary>
/// A key in a file that may change while the host runs. The file is read whole, at most once a second: a read of a few bytes costs little, and unlike
/// times and lengths it also sees links that were turned to another file. Thread-safe.
/// </summary>
internal sealed class KeyFile
{
    private const int LargestKey = 16 * 1024;
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly string _provider;
    private readonly ResilienceServices _services;
    private readonly Lock _reading = new();
    private volatile Held _held;
    private long _read;
    private bool _told;

    public KeyFile(string path, string provider, ResilienceServices services)
    {
        _path = path;
        _provider = provider;
        _services = services;
        _held = new Held(Read(path), 0);
        if (_held.Key is { } key)
            services.KeySeen?.Invoke(key);
        _read = services.TimeProvider.GetTimestamp();
    }

    /// <summary>The key in force; null if there never was one.</summary>
    public string? Key => Refresh().Key;

    /// <summary>Changes with the key.</summary>
    public int Version => Refresh().Version;

    /// <summary>The key in a file; null if there is none that could be sent.</summary>
    public static string? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[LargestKey];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var key = Encoding.UTF8.GetString(bytes, 0, length).Trim();
            return length < LargestKey && ApiKey.IsUsable(key) ? key : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private Held Refresh()
    {
        if (_services.TimeProvider.GetElapsedTime(Interlocked.Read(ref _read)) < Freshness || !_reading.TryEnter())
            return _held;
        try
        {
            var key = Read(_path);
            if (key is null && !_told)
                Log.KeyFileUnusable(_services.Logger, _path, _provider);
            _told = key is null;
            if (key is not null && key != _held.Key)
            {
                _services.KeySeen?.Invoke(key);
                _held = new Held(key, _held.Version + 1);
                Log.KeyChanged(_services.Logger, _path, _provider);
            }

            Interlocked.Exchange(ref _read, _services.TimeProvider.GetTimestamp());
            return _held;
        }
        finally
        {
            _reading.Exit();
        }
    }

    // No record: its text would have the key.
    private sealed class Held(string? key, int version)
    {
        public string? Key => key;

        public int Version => version;
    }
}
