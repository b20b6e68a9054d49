using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Serving.Host.Commands;

/// <summary>What keeps the host from starting, for who has set it up.</summary>
internal static class StartFailure
{
    /// <summary>Sentences with the cure; null for what is no fault of the set-up.</summary>
    public static IReadOnlyList<string>? Sentences(Exception error) => error switch
    {
        // All that is wrong with the settings at once; a stack trace would only hide it.
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException { InnerExceptions: var all } when all.All(one => one is OptionsValidationException) =>
            [.. all.Cast<OptionsValidationException>().SelectMany(one => one.Failures)],
        IOException { InnerException: AddressInUseException } taken => [$"{taken.Message} Set PORT to a free one, or to 0 for any."],
        SocketException { SocketErrorCode: SocketError.AccessDenied } => ["This user may not listen on the port. Set PORT to one above 1023."],
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => ["BIND_ADDRESS or --urls name an address that is none of this machine. Set it to one of its addresses, or to * for all."],
        InvalidDataException { InnerException: FormatException } => ["appsettings.json is no JSON. Correct it, or remove it."],
        FormatException { TargetSite.DeclaringType.Name: nameof(BindingAddress) } => ["--urls or ASPNETCORE_URLS is no list of addresses. Set it to some such as http://localhost:8080, with semicolons between them."],
        _ => null,
    };
}
