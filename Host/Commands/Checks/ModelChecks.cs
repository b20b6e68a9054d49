using System.Globalization;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Runtime.Errors;

namespace Serving.Host.Commands.Checks;

/// <summary>Checks of models and their providers.</summary>
internal static class ModelChecks
{
    public static IEnumerable<Finding> Keys(Facts facts)
    {
        var findings = facts.Problems.Where(SettingChecks.IsOfKey).Select(problem => Finding.Fail(problem)).ToList();
        var keys = Providers(facts.Remote)
            .SelectMany(provider => provider.Options.Deployments.Select(way => way.ApiKey).Append(provider.Options.ApiKey).OfType<ApiKey>().Select(key => (provider.Name, Key: key)))
            .ToList();
        findings.AddRange(keys.Where(key => key.Key.File is { } file && facts.Machine.IsOpenToAll(file) == true)
            .Select(key => Finding.Warn($"The key file {key.Key.File} of {key.Name} may be read by everyone on the machine.", $"chmod o-rwx {key.Key.File}; in Kubernetes set defaultMode to 0440 and an fsGroup.")));
        if (findings.Count == 0)
            findings.Add(Finding.Pass(keys.Count == 0 ? "No model needs a key." : $"There are keys: {string.Join(", ", keys.Select(key => $"{key.Name} {key.Key}").Distinct(StringComparer.Ordinal))}."));
        return findings;
    }

    public static IEnumerable<Finding> Models(Facts facts) =>
        [facts.Remote.Any()
            ? Finding.Pass($"Chains may call {string.Join(", ", facts.Models.Select(model => model.Name.ToString()).Distinct(StringComparer.Ordinal))}.")
            : Finding.Warn("No provider is set: the offline model answers, and says so.", "Set the key of a provider, and DEFAULT_MODEL.")];

    public static IEnumerable<Finding> Prices(Facts facts)
    {
        var unknown = facts.Remote.Select(model => model.Name).Distinct().Where(name => facts.Prices.Find(name) is null).ToList();
        yield return unknown.Count > 0
            ? Finding.Warn($"There is no price for {string.Join(", ", unknown)}: what they cost is counted nowhere.", "Name a file of prices in PRICES_FILE.")
            : Finding.Pass("Every model that costs something has a price.");
    }

    public static IEnumerable<Finding> Transport(Facts facts)
    {
        var clear = Providers(facts.Remote).Where(provider => Ways(provider.Options).Any(way => way is { Key: not null, Address: { Scheme: "http", IsLoopback: false } })).ToList();
        foreach (var (name, _) in clear)
            yield return Finding.Warn($"The key of {name} goes to another machine without TLS: its address begins with http.", "Use https, or make sure that nobody between can listen.");
        var isSecure = Providers(facts.Remote).Any(provider => Ways(provider.Options).Any(way => way.Address?.Scheme != "http"));
        if (isSecure && facts.Machine.Certificates == 0)
            yield return Finding.Fail("There are no certificates of authorities on this machine, so no provider can be trusted.", "Install ca-certificates, or name a bundle in SSL_CERT_FILE.");
        else if (clear.Count == 0)
            yield return Finding.Pass(isSecure ? $"Providers are called by TLS; {facts.Machine.Certificates} authorities are trusted." : "No key goes to another machine without TLS.");
    }

    public static IEnumerable<Finding> Providers(Facts facts) => facts.Contacts.Select(contact => contact.Problem is null
        ? Finding.Pass($"{contact.Provider} answers after {Milliseconds(contact.Elapsed)}, with DNS, TCP and TLS.")
        : Finding.Fail($"{contact.Provider} cannot be reached: {contact.Problem}.", "Check its base URL, and that the network lets the host out to it."));

    public static IEnumerable<Finding> Live(Facts facts) => facts.Calls.Select(call => call.Failure switch
    {
        null => Finding.Pass($"{call.Model} answered after {Milliseconds(call.Elapsed)}."),
        { Kind: ErrorKind.RateLimited } limited => Finding.Warn($"{limited.Message}{Status(limited)}", "Ask the provider for a higher limit, or name fallbacks."),
        { Kind: ErrorKind.BadRequest or ErrorKind.InvalidInput } refused => Finding.Warn($"{refused.Message}{Status(refused)}", "It can be reached, and takes no call as small as this one; try a chain."),
        var failed => Finding.Fail($"{failed.Message}{Status(failed)}", "docs/troubleshooting.md tells what each status means, and what to do."),
    });

    private static string Status(ServingException failure) =>
        failure is ProviderException { ProviderStatus: { } status } ? string.Create(CultureInfo.InvariantCulture, $" (The provider says {status}.)") : "";

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");

    private static List<(string Name, ProviderOptions Options)> Providers(IEnumerable<UsedModel> models) =>
        [.. models.DistinctBy(model => model.Name.Provider, StringComparer.OrdinalIgnoreCase).Select(model => (model.Name.Provider, model.Provider!))]; // a remote model has one

    private static IEnumerable<(Uri? Address, ApiKey? Key)> Ways(ProviderOptions options) => options.Deployments.Count == 0
        ? [(options.BaseUrl, options.ApiKey)]
        : options.Deployments.Select(way => (way.BaseUrl ?? options.BaseUrl, way.ApiKey ?? options.ApiKey));
}
