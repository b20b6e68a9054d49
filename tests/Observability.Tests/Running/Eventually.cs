namespace Serving.Observability.Tests.Running;

/// <summary>Waits for what another process does: it can only be asked again and again.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        using var late = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(30), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, TestContext.Current.CancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        try
        {
            while (!await condition())
                await timer.WaitForNextTickAsync(either.Token);
        }
        catch (OperationCanceledException error) when (late.IsCancellationRequested)
        {
            throw new TimeoutException($"Not in time: {what}.", error);
        }
    }
}
