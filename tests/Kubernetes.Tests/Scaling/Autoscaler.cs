namespace Serving.Kubernetes.Tests.Scaling;

/// <summary>
/// The arithmetic of a HorizontalPodAutoscaler as Kubernetes documents it: each metric wishes for as many pods as bring its mean to the target, the largest
/// wish wins, windows steady it, and policies bound how fast it is granted.
/// </summary>
internal sealed class Autoscaler
{
    /// <summary>The time between two looks, in seconds.</summary>
    public const int Period = 15;

    private const decimal Tolerance = 0.1m;

    private readonly List<(int Second, int Wish)> _wishes = [];
    private readonly List<(int Second, int Change)> _changes = [];
    private readonly IReadOnlyDictionary<string, decimal> _targets;
    private readonly Manifest _spec;

    /// <param name="scaler">The HorizontalPodAutoscaler.</param>
    /// <param name="container">Whose requests utilization is a share of.</param>
    public Autoscaler(Manifest scaler, Manifest container)
    {
        _spec = new Manifest(scaler.At("spec")!); // every scaler has one
        _targets = _spec.Each("metrics").ToDictionary(
            metric => metric["type"] == "Resource" ? metric["resource.name"] : metric["pods.metric.name"],
            metric => metric["type"] == "Resource"
                ? Quantity.Parse(container[$"resources.requests.{metric["resource.name"]}"]) * metric.Number("resource.target.averageUtilization") / 100
                : Quantity.Parse(metric["pods.target.averageValue"]),
            StringComparer.Ordinal);
        Minimum = _spec.Number("minReplicas");
        Maximum = _spec.Number("maxReplicas");
        Replicas = Minimum;
    }

    public int Minimum { get; }

    public int Maximum { get; }

    public int Replicas { get; private set; }

    /// <summary>The mean of each metric that is aimed for.</summary>
    public IReadOnlyDictionary<string, decimal> Targets => _targets;

    /// <summary>One look.</summary>
    /// <param name="second">When.</param>
    /// <param name="totals">Each metric's sum over all pods: cores, bytes, or the metric's own unit.</param>
    public int Look(int second, IReadOnlyDictionary<string, decimal> totals)
    {
        var wish = _targets.Max(target => Wish(totals[target.Key], target.Value));
        _wishes.Add((second, wish));
        var lowest = Within("scaleUp").Min();
        var highest = Within("scaleDown").Max();
        var steady = Math.Clamp(Replicas, lowest, highest);
        var next = Math.Clamp(steady > Replicas ? Math.Min(steady, Ceiling(second)) : steady < Replicas ? Math.Max(steady, Floor(second)) : Replicas, Minimum, Maximum);
        if (next != Replicas)
            _changes.Add((second, next - Replicas));
        return Replicas = next;

        IEnumerable<int> Within(string direction) => _wishes
            .Where(past => second - past.Second <= _spec.Number($"behavior.{direction}.stabilizationWindowSeconds")).Select(past => past.Wish);
    }

    private int Wish(decimal total, decimal target) =>
        Math.Abs(total / Replicas / target - 1) <= Tolerance ? Replicas : (int)Math.Ceiling(total / target);

    private int Ceiling(int second) => Limits("scaleUp", second, (start, policy) => policy["type"] == "Pods"
        ? start + policy.Number("value")
        : (int)Math.Ceiling(start * (100 + policy.Number("value")) / 100m)).Max();

    private int Floor(int second) => Limits("scaleDown", second, (start, policy) => policy["type"] == "Pods"
        ? start - policy.Number("value")
        : start * (100 - policy.Number("value")) / 100).Min();

    /// <summary>How far each policy lets the number go, from what it was when the policy's period began.</summary>
    private IEnumerable<int> Limits(string direction, int second, Func<int, Manifest, int> limit)
    {
        Assert.Equal("Max", _spec[$"behavior.{direction}.selectPolicy"]);
        return _spec.Each($"behavior.{direction}.policies")
            .Select(policy => limit(Replicas - _changes.Where(change => second - change.Second < policy.Number("periodSeconds")).Sum(change => change.Change), policy));
    }
}
