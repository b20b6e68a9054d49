using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Compare;

/// <summary>nginx as a plain proxy: one worker, kept connections to what is behind it, no log, and streams passed on as they come.</summary>
internal sealed class NginxServer : IAsyncDisposable
{
    /// <summary>The prefix of paths whose answers are not buffered.</summary>
    public const string Streams = "/streams";

    private readonly ChildProcess _process;
    private readonly string _folder;

    private NginxServer(ChildProcess process, string folder, Uri address)
    {
        _process = process;
        _folder = folder;
        Address = address;
    }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    public static async Task<NginxServer> StartAsync(string program, Uri behind, TimeSpan patience, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("compare-nginx-").FullName;
        var port = FreePort.Take();
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), Configuration(folder, port, behind), cancellationToken);
        var process = ChildProcess.Start("nginx", program, ["-p", folder, "-c", "nginx.conf", "-e", "stderr"], []);
        var server = new NginxServer(process, folder, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await FreePort.ListensAsync(process, port, patience, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Configuration(string folder, int port, Uri behind) => $$"""
        worker_processes 1;
        daemon off;
        pid {{folder}}/nginx.pid;
        error_log stderr error;
        events { worker_connections 8192; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          keepalive_requests 1000000;
          upstream simulator {
            server {{behind.Authority}};
            keepalive 1024;
            keepalive_requests 1000000;
          }
          server {
            listen 127.0.0.1:{{port}} backlog=4096;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            location / { proxy_pass http://simulator; }
            location {{Streams}}/ {
              proxy_buffering off;
              proxy_pass http://simulator/;
            }
          }
        }
        """;
}
