namespace Serving.Benchmarks;

/// <summary>The host that was built with this program.</summary>
internal static class HostBinary
{
    /// <summary>Its assembly.</summary>
    public static string Path
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            var root = own.Parent!.Parent!.Parent!.Parent!.Parent!.FullName; // tests/Benchmarks/bin/Release/net10.0
            return System.IO.Path.Combine(root, "Host", "bin", own.Parent.Name, own.Name, "serving.dll");
        }
    }
}
