namespace Serving.Host.Commands;

/// <summary>Serves until it is told to stop. What keeps it from starting is told in sentences, without a stack trace.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await ServingHost.Create(args).RunAsync();
            return 0;
        }
        catch (Exception error) when (StartFailure.Sentences(error) is { } sentences)
        {
            foreach (var sentence in sentences)
                await Console.Error.WriteLineAsync($"ERROR {sentence}");
            return 1;
        }
    }
}
