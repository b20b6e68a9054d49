using Serving.Host.Commands.Checks;
using Serving.Providers.Catalog;
using Serving.Providers.Errors;
using Serving.Runtime.Errors;

namespace Serving.Host.Tests.Commands.Checks;

public sealed class ModelChecksTests
{
    private static readonly ModelName Mini = new("openai", "gpt-5.4-mini");

    [Fact]
    public void Keys_There_PassesWithoutShowingThem()
    {
        var finding = SetUp.Of(("OPENAI_API_KEY", "sk-canary")).LookForOne("keys");

        Assert.Equal(Finding.Pass("There are keys: openai a key."), finding);
    }

    [Theory]
    [InlineData(true, Outcome.Warn)]
    [InlineData(false, Outcome.Pass)]
    [InlineData(null, Outcome.Pass)]
    internal void Keys_InAFile_AreDoubtfulIfAllMayReadIt(bool? isOpen, Outcome expected)
    {
        var facts = SetUp.Of(("OPENAI_API_KEY_FILE", "/run/secrets/key"));

        Assert.Equal(expected, (facts with { Machine = facts.Machine with { IsOpenToAll = file => file == "/run/secrets/key" ? isOpen : null } }).LookForOne("keys").Outcome);
    }

    [Fact]
    public void Keys_Missing_Fails() => Assert.Equal(Outcome.Fail, (SetUp.Of() with { Problems = ["OPENAI_API_KEY is not set."] }).LookForOne("keys").Outcome);

    [Fact]
    public void Models_OfAProvider_PassesWithTheirNames()
    {
        var finding = SetUp.Of(("OPENAI_API_KEY", "key"), ("FALLBACK_MODELS", "ollama:llama")).LookForOne("models");

        Assert.Equal(Finding.Pass("Chains may call openai:gpt-5.4-mini, ollama:llama, openai:gpt-5.4-nano."), finding);
    }

    [Fact]
    public void Models_OfflineAlone_Warns() => Assert.Equal(Outcome.Warn, SetUp.Of().LookForOne("models").Outcome);

    [Theory]
    [InlineData("openai:gpt-5.4-mini", Outcome.Pass)]
    [InlineData("openai:no-such-model", Outcome.Warn)]
    internal void Prices_OfModels_AreLookedFor(string model, Outcome expected) =>
        Assert.Equal(expected, SetUp.Of(("OPENAI_API_KEY", "key"), ("DEFAULT_MODEL", model)).LookForOne("prices").Outcome);

    [Theory]
    [InlineData("https://provider.example", 1, Outcome.Pass)]
    [InlineData("https://provider.example", 0, Outcome.Fail)]
    [InlineData("http://provider.example", 0, Outcome.Warn)]
    [InlineData("http://127.0.0.1:8089", 0, Outcome.Pass)]
    internal void Transport_OfKeys_IsJudged(string address, int certificates, Outcome expected)
    {
        var facts = SetUp.Of(("OPENAI_API_KEY", "key"), ("OPENAI_BASE_URL", address));

        Assert.Equal(expected, (facts with { Machine = facts.Machine with { Certificates = certificates } }).LookForOne("transport").Outcome);
    }

    [Theory]
    [InlineData(null, Outcome.Pass)]
    [InlineData("nothing answers at its address and port", Outcome.Fail)]
    internal void Providers_Contacted_AreJudged(string? problem, Outcome expected)
    {
        var facts = SetUp.Of() with { Contacts = [new ProviderContact("openai", TimeSpan.FromMilliseconds(12)) { Problem = problem }] };

        Assert.Equal(expected, facts.LookForOne("providers").Outcome);
    }

    [Theory]
    [InlineData(null, Outcome.Pass)]
    [InlineData(ErrorKind.RateLimited, Outcome.Warn)]
    [InlineData(ErrorKind.BadRequest, Outcome.Warn)]
    [InlineData(ErrorKind.BadGateway, Outcome.Fail)]
    [InlineData(ErrorKind.ProviderUnavailable, Outcome.Fail)]
    internal void Live_Call_IsJudged(ErrorKind? failure, Outcome expected)
    {
        var error = failure is { } kind ? new ProviderException(kind, "It said no.", ProviderFault.Transient) { ProviderStatus = 499 } : null;
        var facts = SetUp.Of() with { Calls = [new LiveCall(Mini, TimeSpan.FromMilliseconds(12), error)] };

        var finding = facts.LookForOne("live");

        Assert.Equal(expected, finding.Outcome);
        Assert.StartsWith(error is null ? "openai:gpt-5.4-mini answered after 12 ms." : "It said no. (The provider says 499.)", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Live_NothingCalled_SaysNothing() => Assert.Empty(SetUp.Of().Look("live"));
}
