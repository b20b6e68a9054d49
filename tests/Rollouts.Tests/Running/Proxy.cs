using Serving.Rollouts.Tests.Load;

namespace Serving.Rollouts.Tests.Running;

/// <summary>A proxy before three hosts, set up with exactly what docs/proxies.md says, but for the addresses.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly RunningProgram _program;
    private readonly DirectoryInfo _folder;
    private readonly string? _log;

    private Proxy(RunningProgram program, DirectoryInfo folder, int port, string? log)
    {
        _program = program;
        _folder = folder;
        _log = log;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    /// <summary>How often it has written that it takes a host out because of what that says on <c>/ready</c>.</summary>
    public int HostsTakenOut => _program.Output.Split('\n').Count(line =>
        line.Contains("temporarily disabled while reading response header", StringComparison.Ordinal) || line.Contains("is DOWN, reason: Layer7 wrong status, code: 503", StringComparison.Ordinal));

    public static Task<Proxy> StartNginxAsync(IReadOnlyList<HostProcess> hosts) => StartAsync("nginx", hosts, "listen 80;", port => $"listen 127.0.0.1:{port};", (folder, config) =>
    {
        var log = Path.Combine(folder, "access.log");
        File.WriteAllText(Path.Combine(folder, "serving.conf"), Replace(config, "/var/log/nginx/serving.log", log));
        // What the distribution's nginx.conf has around the files it includes; nothing of it is outside the folder.
        var paths = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {folder}/{name};\n"));
        var user = Environment.IsPrivilegedProcess ? "user root;\n" : "";
        var main = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(main, $"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log stderr warn;\nworker_processes 2;\nevents {{}}\nhttp {{\n{paths}include {folder}/serving.conf;\n}}\n");
        return (["-p", folder, "-e", "stderr", "-c", main], log);
    });

    public static Task<Proxy> StartHaproxyAsync(IReadOnlyList<HostProcess> hosts) => StartAsync("haproxy", hosts, "bind :80", port => $"bind 127.0.0.1:{port}", (folder, config) =>
    {
        var file = Path.Combine(folder, "haproxy.cfg");
        File.WriteAllText(file, config);
        return (["-db", "-f", file], null);
    });

    /// <summary>What it wrote about a request.</summary>
    public string LogOf(Exchange exchange) =>
        (_log is null ? _program.Output : File.ReadAllText(_log)).Split('\n').FirstOrDefault(line => line.Contains($"{exchange.Address} ", StringComparison.Ordinal)) ?? "";

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<Proxy> StartAsync(
        string name, IReadOnlyList<HostProcess> hosts, string listen, Func<int, string> listenOn, Func<string, string, (IEnumerable<string> Arguments, string? Log)> prepare)
    {
        var port = Ports.Take();
        var config = Replace(Markdown.Read(Repository.PathOf("docs/proxies.md")).Blocks.Single(block => block.Info == name).Text, listen, listenOn(port));
        foreach (var (host, documented) in hosts.Zip(["10.0.0.11:8080", "10.0.0.12:8080", "10.0.0.13:8080"]))
            config = Replace(config, documented, host.Address);
        var folder = Directory.CreateTempSubdirectory("serving-proxy-");
        var (arguments, log) = prepare(folder.FullName, config);
        var proxy = new Proxy(RunningProgram.Start(name, arguments), folder, port, log);
        try
        {
            using var client = new HttpClient { BaseAddress = proxy.Address };
            await proxy._program.UntilAsync("the proxy answers for a host", async () =>
            {
                try
                {
                    using var answer = await client.GetAsync("/ready", TestContext.Current.CancellationToken);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    private static string Replace(string text, string documented, string actual)
    {
        Assert.Contains(documented, text, StringComparison.Ordinal);
        return text.Replace(documented, actual, StringComparison.Ordinal);
    }
}
