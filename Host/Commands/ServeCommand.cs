using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

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
        catch (OptionsValidationException invalid)
        {
            // All that is wrong with the settings at once; a stack trace would only hide it.
            foreach (var failure in invalid.Failures)
                await Console.Error.WriteLineAsync($"ERROR {failure}");
            return 1;
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"ERROR {taken.Message} Set PORT to a free one, or to 0 for any.");
            return 1;
        }
    }
}
