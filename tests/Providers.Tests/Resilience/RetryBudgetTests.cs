using Serving.Providers.Resilience;

namespace Serving.Providers.Tests.Resilience;

public sealed class RetryBudgetTests
{
    [Fact]
    public void TryTake_AtTheStart_GivesTen()
    {
        var budget = new RetryBudget(0.19);

        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => budget.TryTake()));
        Assert.Equal(0, budget.Left);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void TryTake_AThousandCallsInAnOutage_GivesAtMostAFifth(int callsBefore)
    {
        var budget = new RetryBudget(0.19);
        for (var i = 0; i < callsBefore; i++)
            budget.Earn();

        var retries = 0;
        for (var i = 0; i < 1000; i++)
        {
            budget.Earn();
            for (var attempt = 0; attempt < 3 && budget.TryTake(); attempt++)
                retries++;
        }

        Assert.InRange(retries, 190, 200);
    }

    [Fact]
    public void TryTake_FromManyThreads_NeverGivesMoreThanThereIs()
    {
        var budget = new RetryBudget(0.5);
        var taken = 0;

        Parallel.For(0, 20_000, _ =>
        {
            budget.Earn();
            if (budget.TryTake())
                Interlocked.Increment(ref taken);
        });

        Assert.InRange(taken, 5_000, 10_010);
        Assert.InRange(budget.Left, 0, 10);
    }
}
