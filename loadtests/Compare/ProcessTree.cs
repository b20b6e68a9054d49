using System.Globalization;
using Serving.LoadTests.Measures;

namespace Serving.LoadTests.Compare;

/// <summary>Accounts for a process and all that it started, as <c>/proc</c> has it.</summary>
internal static class ProcessTree
{
    /// <summary>The CPU seconds and resident bytes of all of them together; what ended before is not in it.</summary>
    public static ProcessSample Read(int root)
    {
        var samples = Members(root, Parents()).Select(id => ProcessMeter.Read(id)).OfType<ProcessSample>().ToList();
        return new ProcessSample(0, samples.Sum(one => one.CpuSeconds), samples.Sum(one => one.Resident), samples.Sum(one => one.Threads));
    }

    /// <summary>A process and its descendants.</summary>
    /// <param name="root">The process.</param>
    /// <param name="parents">The parent of each process.</param>
    public static IReadOnlyList<int> Members(int root, IReadOnlyDictionary<int, int> parents)
    {
        var members = new List<int> { root };
        for (var at = 0; at < members.Count; at++)
            members.AddRange(parents.Where(pair => pair.Value == members[at] && !members.Contains(pair.Key)).Select(pair => pair.Key).Order());
        return members;
    }

    /// <summary>The parent's id in the text of <c>/proc/PID/stat</c>: the second field behind the name, which may hold anything.</summary>
    public static int Parent(string stat) => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);

    private static Dictionary<int, int> Parents()
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                continue;
            try
            {
                parents[id] = Parent(File.ReadAllText(Path.Combine(folder, "stat")));
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return parents;
    }
}
