using Microsoft.Extensions.AI;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;
using Serving.Runtime.Models;

namespace Serving.Providers.Tests.Catalog;

public sealed class ModelCatalogOptionsTests
{
    private const string Canary = "sk-canary-77ab";

    private static readonly ProviderOptions Good = new() { Kind = ProviderKind.OpenAi, ApiKey = ApiKey.Of(Canary) };

    [Fact]
    public void Validate_Defaults_FindsNothing() => Assert.Empty(Options(Good).Validate());

    [Fact]
    public void Validate_ProviderNobodyNames_MayLackKeyAndAddress()
    {
        var options = Options(Good, ("azure", new ProviderOptions { Kind = ProviderKind.AzureOpenAi }), ("gateway", new ProviderOptions()));

        Assert.Empty(options.Validate());
    }

    [Theory]
    [InlineData("MaxCalls", "is 0; it must be from 1 to 100000.")]
    [InlineData("MaxWaiting", "is -1; it must be from 0 to 100000.")]
    [InlineData("ConnectTimeout", "is 0 s; it must be from 0.1 s to 300 s.")]
    [InlineData("AttemptTimeout", "is 0 s; it must be from 0.1 s to 86400 s.")]
    [InlineData("IdleTimeout", "is 0.05 s; it must be from 0.1 s to 86400 s.")]
    [InlineData("MaxRetries", "is 11; it must be from 0 to 10.")]
    [InlineData("RetryBackoff", "is 31 s; it must be from 0 s to 30 s.")]
    [InlineData("RetryBudget", "is 2; it must be from 0 to 1.")]
    [InlineData("BreakerFailureShare", "is 0; it must be from 0.01 to 2.")]
    [InlineData("BreakerMinimumCalls", "is 0; it must be from 1 to 100000.")]
    [InlineData("BreakerWindow", "is 0 s; it must be from 0.1 s to 86400 s.")]
    [InlineData("BreakerOpenTime", "is 0 s; it must be from 0.1 s to 86400 s.")]
    [InlineData("HardDownTime", "is 86401 s; it must be from 0.1 s to 86400 s.")]
    [InlineData("HedgeShare", "is NaN; it must be from 0 to 0.1.")]
    [InlineData("ApiVersion", "is 'a&b'; it must be a version such as 2024-10-21.")]
    public void Validate_OptionsOutOfRange_TellsEach(string option, string expected)
    {
        var provider = Good with
        {
            MaxCalls = 0,
            MaxWaiting = -1,
            ConnectTimeout = TimeSpan.Zero,
            ApiVersion = "a&b",
            Resilience = new ResilienceOptions
            {
                AttemptTimeout = TimeSpan.Zero,
                IdleTimeout = TimeSpan.FromMilliseconds(50),
                MaxRetries = 11,
                RetryBackoff = TimeSpan.FromSeconds(31),
                RetryBudget = 2,
                BreakerFailureShare = 0,
                BreakerMinimumCalls = 0,
                BreakerWindow = TimeSpan.Zero,
                BreakerOpenTime = TimeSpan.Zero,
                HardDownTime = TimeSpan.FromSeconds(86_401),
                HedgeShare = double.NaN,
            },
        };

        var problems = Options(provider).Validate();

        Assert.Equal(15, problems.Count);
        Assert.Equal(expected, Assert.Single(problems, problem => problem.Key == $"Providers:openai:{option}").Text);
    }

    [Theory]
    [InlineData("nothing", "is 'nothing'; it must be provider:model, such as openai:gpt-5.4-mini, or the name of another model (default, other).")]
    [InlineData("openai:", "is 'openai:'; it must be provider:model, such as openai:gpt-5.4-mini, or the name of another model (default, other).")]
    [InlineData("opnai:gpt", "is 'opnai:gpt'; there is no provider 'opnai'; there are: openai.")]
    [InlineData("default", "is 'default'; it must be provider:model, such as openai:gpt-5.4-mini, or the name of another model (default, other).")]
    [InlineData("other", "is 'other'; that names another in its turn. Name the model as provider:model.")]
    public void Validate_NamesOfNoModel_AreTold(string name, string expected)
    {
        var options = Options(Good) with { Models = Models(("default", new ModelOptions { Model = "openai:m", Fallbacks = [name] }), ("other", new ModelOptions { Model = "default" })) };

        Assert.Equal(new CatalogProblem("Models:default:Fallbacks", expected), Assert.Single(options.Validate()));
    }

    [Fact]
    public void Validate_SettingsAndBoundsOfAModel_AreTold()
    {
        var model = new ModelOptions
        {
            Model = "openai:m",
            Settings = new ChatOptions { Temperature = 3, TopP = -1, MaxOutputTokens = 0 },
            Resilience = new ResilienceOptions { MaxRetries = -1 },
        };
        var options = Options(Good) with { Models = Models(("de:fault", model)) };

        Assert.Equal(
            ["Models:de:fault is", "Models:de:fault:Temperature is 3;", "Models:de:fault:TopP is -1;", "Models:de:fault:MaxOutputTokens is 0;", "Models:de:fault:MaxRetries is -1;"],
            options.Validate().Select(problem => problem.Key + " " + problem.Text[..(problem.Text.IndexOf(';', StringComparison.Ordinal) is var end && problem.Text.StartsWith("is no", StringComparison.Ordinal) ? 2 : end + 1)]));
    }

    [Fact]
    public void Validate_WrongInTheProvider_IsNotToldAgainOfItsModels()
    {
        var wrong = new ResilienceOptions { MaxRetries = 50 };
        var options = Options(Good with { Resilience = wrong }) with
        {
            Models = Models(("default", new ModelOptions { Model = "openai:m", Resilience = wrong with { RetryBudget = 0.1 } })),
        };

        Assert.Equal("Providers:openai:MaxRetries", Assert.Single(options.Validate()).Key);
    }

    [Theory]
    [InlineData("ftp://host/v1")]
    [InlineData("https://user:sk-canary-77ab@host/v1")]
    [InlineData("https://host/v1?key=sk-canary-77ab")]
    [InlineData("https://host/v1#sk-canary-77ab")]
    [InlineData("file:///v1")]
    public void Validate_AddressThatIsNone_IsToldWithoutIt(string address)
    {
        var options = Options(Good with { BaseUrl = new Uri(address), Deployments = [new DeploymentOptions { BaseUrl = new Uri(address), Weight = 0 }] });

        var problems = options.Validate();

        Assert.Equal(["Providers:openai:BaseUrl", "Providers:openai:Deployments:0:BaseUrl", "Providers:openai:Deployments:0:Weight"], problems.Select(problem => problem.Key));
        Assert.DoesNotContain(problems, problem => problem.ToString().Contains("canary", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ProviderKind.OpenAi, null, "ApiKey")]
    [InlineData(ProviderKind.Anthropic, null, "ApiKey")]
    [InlineData(ProviderKind.Mistral, null, "ApiKey")]
    [InlineData(ProviderKind.Cohere, null, "ApiKey")]
    [InlineData(ProviderKind.AzureOpenAi, null, "BaseUrl", "ApiKey")]
    [InlineData(ProviderKind.AzureOpenAi, "https://host", "ApiKey")]
    [InlineData(ProviderKind.Compatible, null, "BaseUrl")]
    [InlineData(ProviderKind.Compatible, "https://host")]
    public void Validate_ProviderInUse_NeedsItsKeyAndAddress(ProviderKind kind, string? address, params string[] missing)
    {
        var options = Options(new ProviderOptions { Kind = kind, BaseUrl = address is null ? null : new Uri(address) });

        Assert.Equal(missing.Select(option => $"Providers:openai:{option}"), options.Validate().Select(problem => problem.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk canary")]
    [InlineData("sk-canary-ü")]
    public void Validate_KeyThatNoHeaderCarries_IsToldWithoutIt(string key)
    {
        var problem = Assert.Single(Options(Good with { ApiKey = ApiKey.Of(key) }).Validate());

        Assert.Equal("Providers:openai:ApiKey", problem.Key);
        Assert.DoesNotContain("canary", problem.ToString());
    }

    [Fact]
    public void Validate_KeyFileMissing_NamesTheFile()
    {
        var problem = Assert.Single(Options(Good with { ApiKey = ApiKey.InFile("/no/such/file") }).Validate());

        Assert.Equal("Providers:openai:ApiKeyFile", problem.Key);
        Assert.Contains("'/no/such/file'", problem.Text);
    }

    [Fact]
    public void Validate_DeploymentWithoutAKey_IsToldByItsNumber()
    {
        var options = Options(new ProviderOptions { Kind = ProviderKind.OpenAi, Deployments = [new DeploymentOptions { ApiKey = ApiKey.Of("k") }, new DeploymentOptions()] });

        Assert.Equal("Providers:openai:Deployments:1:ApiKey", Assert.Single(options.Validate()).Key);
    }

    [Fact]
    public void Validate_TooManyDeploymentsOrAnOddName_IsTold()
    {
        var options = Options(Good with { Deployments = [.. Enumerable.Repeat(new DeploymentOptions(), 65)] }, ("my provider", new ProviderOptions()));

        Assert.Equal(["Providers:openai:Deployments", "Providers:my provider"], options.Validate().Select(problem => problem.Key));
    }

    [Fact]
    public void Validate_NamesThatDifferInCaseAlone_AreTold()
    {
        var options = Options(Good, ("OpenAI", Good)) with { Models = Models(("default", new ModelOptions { Model = "openai:m" }), ("Default", new ModelOptions { Model = "openai:m" })) };

        Assert.Equal(["Providers:openai", "Models:default"], options.Validate().Select(problem => problem.Key));
    }

    [Fact]
    public void Validate_ClientOfOnesOwn_NeedsNothing() =>
        Assert.Empty(Options(new ProviderOptions { Client = _ => ScriptedChatClient.Replying("Hi") }).Validate());

    [Fact]
    public void Create_OptionsWrong_TellsAllOfThem()
    {
        var error = Assert.Throws<ArgumentException>(() => ModelCatalog.Create(Options(new ProviderOptions { Kind = ProviderKind.OpenAi, MaxCalls = 0 })));

        Assert.Contains("Providers:openai:MaxCalls is 0", error.Message);
        Assert.Contains("Providers:openai:ApiKey is not set", error.Message);
    }

    [Fact]
    public void ToString_OptionsWithKeys_DoesNotPrintThem() =>
        Assert.DoesNotContain("canary", $"{Options(Good)} {Good} {Good with { Deployments = [new DeploymentOptions { ApiKey = ApiKey.Of(Canary) }] }} {new DeploymentOptions { ApiKey = ApiKey.Of(Canary) }}");

    private static ModelCatalogOptions Options(ProviderOptions openAi, params (string Name, ProviderOptions Options)[] others) => new()
    {
        Providers = others.Prepend(("openai", openAi)).ToDictionary(provider => provider.Item1, provider => provider.Item2),
        Models = Models(("default", new ModelOptions { Model = "openai:m" })),
    };

    private static Dictionary<string, ModelOptions> Models(params (string Name, ModelOptions Options)[] models) => models.ToDictionary(model => model.Name, model => model.Options);
}
