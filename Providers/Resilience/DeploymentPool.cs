using System.Diagnostics.CodeAnalysis;

namespace Serving.Providers.Resilience;

/// <summary>The deployments of a model: calls are shared by weight among those that neither rest nor are held back by their breaker. Thread-safe.</summary>
internal sealed class DeploymentPool(IReadOnlyList<Deployment> deployments, Func<double> random)
{
    /// <summary>As many as fit into the set of those not yet tried.</summary>
    public const int Most = 64;

    public IReadOnlyList<Deployment> All => deployments;

    /// <summary>Whether a rate limit of one deployment leaves others to ask.</summary>
    public bool HasSeveral => deployments.Count > 1;

    /// <summary>Whether one of them rests.</summary>
    public bool SomeRest
    {
        get
        {
            foreach (var deployment in deployments)
            {
                if (deployment.RestLeft is not null)
                    return true;
            }

            return false;
        }
    }

    public bool TryEnter([NotNullWhen(true)] out Deployment? deployment, out BreakerPass pass)
    {
        deployment = deployments[0];
        if (!HasSeveral)
            return deployment.Breaker.TryEnter(out pass);
        var candidates = Free();
        while (candidates != 0)
        {
            var chosen = Choose(candidates);
            deployment = deployments[chosen];
            if (deployment.Breaker.TryEnter(out pass))
                return true;
            candidates &= ~(1UL << chosen);
        }

        pass = default;
        return false;
    }

    /// <summary>How long until one of them may be asked; null if one may be now. And whether it is only rest that holds it back.</summary>
    public (TimeSpan? Wait, bool IsRest) NextFree()
    {
        TimeSpan? shortest = null;
        var isRest = false;
        foreach (var deployment in deployments)
        {
            var rest = deployment.RestLeft;
            var refusal = deployment.Breaker.Read().RetryAfter;
            if ((rest ?? refusal) is null)
                return (null, false);
            var wait = rest is null || refusal > rest ? refusal : rest;
            if (shortest is not null && wait >= shortest)
                continue;
            shortest = wait;
            isRest = refusal is null;
        }

        return (shortest, isRest);
    }

    private ulong Free()
    {
        var free = 0UL;
        for (var i = 0; i < deployments.Count; i++)
        {
            if (deployments[i].RestLeft is null && deployments[i].Breaker.Read().RetryAfter is null)
                free |= 1UL << i;
        }

        return free;
    }

    private int Choose(ulong candidates)
    {
        var total = 0.0;
        for (var i = 0; i < deployments.Count; i++)
        {
            if ((candidates & (1UL << i)) != 0)
                total += deployments[i].Weight;
        }

        var point = random() * total;
        var chosen = -1;
        for (var i = 0; i < deployments.Count && point >= 0; i++)
        {
            if ((candidates & (1UL << i)) == 0)
                continue;
            chosen = i;
            point -= deployments[i].Weight;
        }

        return chosen;
    }
}
