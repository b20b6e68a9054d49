using Serving.LoadTests.Targets;

namespace Serving.LoadTests.Compare;

/// <summary>What of others' programs is on this machine.</summary>
/// <param name="Nginx">nginx; null if it is not here.</param>
/// <param name="Node">Node.js; null if it is not here.</param>
/// <param name="Gateway">The gateway's start script; null if it was not installed.</param>
internal sealed record Tools(string? Nginx, string? Node, string? Gateway)
{
    private const string Script = "loadtests/Compare/node_modules/@portkey-ai/gateway/build/start-server.js";

    /// <summary>What is missing, and what brings it, in sentences.</summary>
    public IEnumerable<string> Missing
    {
        get
        {
            if (Nginx is null)
                yield return "nginx is not on the path: its column is left out.";
            if (Node is null)
                yield return "node is not on the path: the gateway's column is left out.";
            else if (Gateway is null)
                yield return "The gateway is not installed: its column is left out. Run npm ci in loadtests/Compare.";
        }
    }

    public static Tools Find()
    {
        var script = Path.Combine(Repository.Root, Script);
        return new Tools(OnPath("nginx"), OnPath("node"), File.Exists(script) ? script : null);
    }

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append("/usr/sbin") // where Debian puts servers, and few users look
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}
