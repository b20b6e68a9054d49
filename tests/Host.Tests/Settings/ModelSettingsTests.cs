using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Serving.Endpoints.Options;
using Serving.Host.Settings;
using Serving.Providers.Catalog;
using Serving.Providers.Resilience;

namespace Serving.Host.Tests.Settings;

public sealed class ModelSettingsTests
{
    private const string Canary = "sk-canary-31c9";

    [Fact]
    public void Read_NothingSet_IsTheOfflineModel()
    {
        var catalog = Catalog();

        Assert.Equal("offline:offline", catalog.Models["default"].Model);
        Assert.Equal("offline:offline", catalog.Models["fast"].Model);
        Assert.Equal(32, catalog.Models["fast"].Settings!.MaxOutputTokens);
        Assert.Equal(new ResilienceOptions(), catalog.Providers["openai"].Resilience);
        Assert.Equal(new ProviderOptions().MaxCalls, catalog.Providers["openai"].MaxCalls);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", "openai:gpt-5.4-mini", "openai:gpt-5.4-nano")]
    [InlineData("ANTHROPIC_API_KEY", "anthropic:claude-haiku-5-5", "anthropic:claude-haiku-5-5")]
    [InlineData("MISTRAL_API_KEY", "mistral:mistral-small-latest", "mistral:ministral-8b-2512")]
    [InlineData("COHERE_API_KEY", "cohere:command-a-03-2025", "cohere:command-r7b-12-2024")]
    [InlineData("AZURE_OPENAI_API_KEY", "offline:offline", "offline:offline")]
    [InlineData("Providers:mistral:ApiKey", "mistral:mistral-small-latest", "mistral:ministral-8b-2512")]
    [InlineData("Providers:openai:Deployments:0:ApiKey", "openai:gpt-5.4-mini", "openai:gpt-5.4-nano")]
    public void Read_OneKey_ChoosesTheModelsOfItsProvider(string key, string expected, string fast)
    {
        var catalog = Catalog((key, Canary));

        Assert.Equal((expected, fast), (catalog.Models["default"].Model, catalog.Models["fast"].Model));
    }

    [Fact]
    public void Read_SeveralKeys_ChoosesInAFixedOrder()
    {
        Assert.StartsWith("openai:", Catalog(("COHERE_API_KEY", Canary), ("MISTRAL_API_KEY", Canary), ("ANTHROPIC_API_KEY", Canary), ("OPENAI_API_KEY", Canary)).Models["default"].Model, StringComparison.Ordinal);
        Assert.StartsWith("anthropic:", Catalog(("COHERE_API_KEY", Canary), ("MISTRAL_API_KEY", Canary), ("ANTHROPIC_API_KEY", Canary)).Models["default"].Model, StringComparison.Ordinal);
        Assert.StartsWith("mistral:", Catalog(("COHERE_API_KEY", Canary), ("MISTRAL_API_KEY", Canary)).Models["default"].Model, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DefaultModelNamed_IsAlsoTheFastOneUnlessThatIsNamed()
    {
        Assert.Equal("ollama:a", Catalog(("DEFAULT_MODEL", "ollama:a"), ("OPENAI_API_KEY", Canary)).Models["fast"].Model);
        Assert.Equal("ollama:b", Catalog(("DEFAULT_MODEL", "ollama:a"), ("FAST_MODEL", "ollama:b")).Models["fast"].Model);
        Assert.Equal("ollama:b", Catalog(("OPENAI_API_KEY", Canary), ("FAST_MODEL", "ollama:b")).Models["fast"].Model);
    }

    [Fact]
    public void Read_FallbackModels_StandInForBoth()
    {
        var models = Catalog(("FALLBACK_MODELS", "ollama:a, offline:offline"), ("Models:fast:Fallbacks:0", "ollama:b"), ("Models:quick:Model", "ollama:c")).Models;

        Assert.Equal(["ollama:a", "offline:offline"], models["default"].Fallbacks);
        Assert.Equal(["ollama:b"], models["fast"].Fallbacks);
        Assert.Empty(models["quick"].Fallbacks);
    }

    [Theory]
    [InlineData("openai", "OPENAI_BASE_URL", ProviderKind.OpenAi, null)]
    [InlineData("anthropic", "ANTHROPIC_BASE_URL", ProviderKind.Anthropic, null)]
    [InlineData("mistral", "MISTRAL_BASE_URL", ProviderKind.Mistral, null)]
    [InlineData("cohere", "COHERE_BASE_URL", ProviderKind.Cohere, null)]
    [InlineData("azure", "AZURE_OPENAI_BASE_URL", ProviderKind.AzureOpenAi, null)]
    [InlineData("azure", "AZURE_OPENAI_ENDPOINT", ProviderKind.AzureOpenAi, null)]
    [InlineData("ollama", "OLLAMA_BASE_URL", ProviderKind.Compatible, "http://localhost:11434/v1")]
    [InlineData("vllm", "VLLM_BASE_URL", ProviderKind.Compatible, "http://localhost:8000/v1")]
    [InlineData("lmstudio", "LMSTUDIO_BASE_URL", ProviderKind.Compatible, "http://localhost:1234/v1")]
    [InlineData("llamacpp", "LLAMACPP_BASE_URL", ProviderKind.Compatible, null)]
    [InlineData("compatible", "COMPATIBLE_BASE_URL", ProviderKind.Compatible, null)]
    public void Read_BaseUrl_IsThatOfItsProvider(string name, string key, ProviderKind kind, string? unset)
    {
        var provider = Catalog((key, "https://host.example/v1")).Providers[name];

        Assert.Equal((kind, "https://host.example/v1"), (provider.Kind, provider.BaseUrl?.AbsoluteUri));
        Assert.Equal(unset, Catalog().Providers[name].BaseUrl?.AbsoluteUri);
    }

    [Fact]
    public void Read_SectionAndFlatSettings_TheNearestWins()
    {
        var catalog = Catalog(
            ("OPENAI_API_KEY", Canary),
            ("OPENAI_BASE_URL", "https://flat.example"),
            ("LLM_TIMEOUT", "10"),
            ("MAX_RETRIES", "1"),
            ("RETRY_BACKOFF_MS", "250"),
            ("MAX_PROVIDER_CALLS", "7"),
            ("Providers:OpenAI:BaseUrl", "https://section.example"),
            ("Providers:OpenAI:MaxRetries", "2"),
            ("Providers:OpenAI:IdleTimeout", "5"),
            ("Providers:OpenAI:MaxCalls", "9"),
            ("Models:default:AttemptTimeout", "20"),
            ("Models:default:Temperature", "0.2"));

        var openAi = catalog.Providers["openai"];
        var flat = new ResilienceOptions { AttemptTimeout = TimeSpan.FromSeconds(10), MaxRetries = 1, RetryBackoff = TimeSpan.FromMilliseconds(250) };
        Assert.Equal(flat, catalog.Providers["mistral"].Resilience);
        Assert.Equal(7, catalog.Providers["mistral"].MaxCalls);
        Assert.Equal(("https://section.example/", 9), (openAi.BaseUrl?.AbsoluteUri, openAi.MaxCalls));
        Assert.Equal(flat with { MaxRetries = 2, IdleTimeout = TimeSpan.FromSeconds(5) }, openAi.Resilience);
        Assert.Equal(openAi.Resilience with { AttemptTimeout = TimeSpan.FromSeconds(20) }, catalog.Models["default"].Resilience);
        Assert.Equal(0.2f, catalog.Models["default"].Settings!.Temperature);
        Assert.Null(catalog.Models["fast"].Resilience);
    }

    [Fact]
    public void Read_PricesFile_ComesBeforeTheBuiltInPrices()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """{"ours:m": {"input": 1, "output": 2}}""");

            var prices = ModelSettings.Read(Configuration(("PRICES_FILE", path)), TimeSpan.Zero).Prices;

            Assert.NotNull(prices.Find(new ModelName("ours", "m")));
            Assert.NotNull(prices.Find(new ModelName("openai", "gpt-5.4-mini")));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("ANTHROPIC_API_KEY")]
    [InlineData("MISTRAL_API_KEY")]
    [InlineData("COHERE_API_KEY")]
    public void Read_ModelsChosenByAKey_HavePrices(string key)
    {
        foreach (var model in Catalog((key, Canary)).Models.Values)
        {
            Assert.True(ModelName.TryParse(model.Model, out var name));
            Assert.True(Serving.Providers.Accounting.PriceTable.Default.Find(name) is not null, model.Model);
        }
    }

    [Fact]
    public void Read_WholeSections_AreWhatTheySay()
    {
        var catalog = Catalog(
            ("Providers:gateway:Kind", "openai"),
            ("Providers:gateway:BaseUrl", "https://gateway.example/v1"),
            ("Providers:gateway:MaxWaiting", "3"),
            ("Providers:gateway:ConnectTimeout", "1.5"),
            ("Providers:gateway:RetryBackoff", "0.5"),
            ("Providers:gateway:RetryBudget", "0.1"),
            ("Providers:gateway:BreakerFailureShare", "0.4"),
            ("Providers:gateway:BreakerMinimumCalls", "20"),
            ("Providers:gateway:BreakerWindow", "40"),
            ("Providers:gateway:BreakerOpenTime", "11"),
            ("Providers:gateway:HardDownTime", "60"),
            ("Providers:gateway:HedgeShare", "0.05"),
            ("Providers:gateway:Deployments:0:ApiKey", Canary),
            ("Providers:gateway:Deployments:1:ApiKey", Canary),
            ("Providers:gateway:Deployments:1:BaseUrl", "https://other.example/v1"),
            ("Providers:gateway:Deployments:1:Weight", "2.5"),
            ("Models:smart:Model", "gateway:big"),
            ("Models:smart:Fallbacks", "gateway:small,default"),
            ("Models:smart:TopP", "0.9"),
            ("Models:smart:MaxOutputTokens", "100"),
            ("Models:smart:Seed", "4"),
            ("Models:smart:StopSequences:0", "a,b"),
            ("Models:smart:StopSequences:1", "\n"),
            ("Models:smart:ReasoningEffort", "low"));

        var gateway = catalog.Providers["gateway"];
        var smart = catalog.Models["smart"];
        Assert.Equal((ProviderKind.OpenAi, 3, TimeSpan.FromSeconds(1.5)), (gateway.Kind, gateway.MaxWaiting, gateway.ConnectTimeout));
        Assert.Equal(
            new ResilienceOptions
            {
                RetryBackoff = TimeSpan.FromSeconds(0.5),
                RetryBudget = 0.1,
                BreakerFailureShare = 0.4,
                BreakerMinimumCalls = 20,
                BreakerWindow = TimeSpan.FromSeconds(40),
                BreakerOpenTime = TimeSpan.FromSeconds(11),
                HardDownTime = TimeSpan.FromSeconds(60),
                HedgeShare = 0.05,
            },
            gateway.Resilience);
        Assert.Equal([(null, 1d), ("https://other.example/v1", 2.5)], gateway.Deployments.Select(deployment => (deployment.BaseUrl?.AbsoluteUri, deployment.Weight)));
        Assert.Equal(["gateway:small", "default"], smart.Fallbacks);
        Assert.Equal((0.9f, 100, 4L, ReasoningEffort.Low), (smart.Settings!.TopP, smart.Settings.MaxOutputTokens, smart.Settings.Seed, smart.Settings.Reasoning?.Effort));
        Assert.Equal(["a,b", "\n"], smart.Settings.StopSequences);
        Assert.Empty(Problems(("OPENAI_API_KEY", Canary)));
    }

    [Theory]
    [InlineData("DEFAULT_MODEL", "gpt-5", "DEFAULT_MODEL is 'gpt-5'; it must be provider:model")]
    [InlineData("DEFAULT_MODEL", "opnai:gpt-5", "DEFAULT_MODEL is 'opnai:gpt-5'; there is no provider 'opnai'; there are: anthropic, azure,")]
    [InlineData("DEFAULT_MODEL", "openai:gpt-5", "OPENAI_API_KEY is not set; provider 'openai' takes no call without a key.")]
    [InlineData("DEFAULT_MODEL", "llamacpp:m", "LLAMACPP_BASE_URL is not set;")]
    [InlineData("FAST_MODEL", "nothing", "FAST_MODEL is 'nothing'; it must be provider:model")]
    [InlineData("FALLBACK_MODELS", "ollama:a,nothing", "FALLBACK_MODELS is 'nothing'; it must be provider:model")]
    [InlineData("OPENAI_BASE_URL", "not an address", "OPENAI_BASE_URL is no address;")]
    [InlineData("OPENAI_BASE_URL", "ftp://host", "OPENAI_BASE_URL is no address of a provider;")]
    [InlineData("LLM_TIMEOUT", "soon", "LLM_TIMEOUT is 'soon'; it must be seconds from 0 to 86400, such as 30 or 0.5. Unset it for 30.")]
    [InlineData("LLM_TIMEOUT", "0", "LLM_TIMEOUT is 0 s; it must be from 0.1 s to 86400 s.")]
    [InlineData("MAX_RETRIES", "11", "MAX_RETRIES is 11; it must be from 0 to 10.")]
    [InlineData("MAX_RETRIES", "many", "MAX_RETRIES is 'many'; it must be a whole number. Unset it for 3.")]
    [InlineData("RETRY_BACKOFF_MS", "-5", "RETRY_BACKOFF_MS is -0.005 s; it must be from 0 s to 30 s.")]
    [InlineData("MAX_PROVIDER_CALLS", "0", "MAX_PROVIDER_CALLS is 0; it must be from 1 to 100000.")]
    [InlineData("PRICES_FILE", "/no/such/file", "PRICES_FILE: The price file '/no/such/file' cannot be read.")]
    [InlineData("AZURE_OPENAI_API_VERSION", "a b", "AZURE_OPENAI_API_VERSION is 'a b'; it must be a version such as 2024-10-21.")]
    [InlineData("Models:default", "openai:m", "Models:default is a single value; it must be a group of settings. Set those, such as Models:default:Model.")]
    [InlineData("Models:smart:Temperature", "1", "Models:smart:Model is not set;")]
    [InlineData("Models:default:Model", "nothing", "Models:default:Model is 'nothing';")]
    [InlineData("Models:default:Temperature", "hot", "Models:default:Temperature is 'hot'; it must be a number, such as 0.5. Unset it for none.")]
    [InlineData("Models:default:Temperature", "3", "Models:default:Temperature is 3; it must be from 0 to 2.")]
    [InlineData("Models:default:ReasoningEffort", "huge", "Models:default:ReasoningEffort is 'huge'; it must be None, Low, Medium, High or ExtraHigh.")]
    [InlineData("Models:default:Temprature", "1", "Models:default:Temprature is not a setting. The nearest are Temperature,")]
    [InlineData("Providers:openai:MaxRetry", "1", "Providers:openai:MaxRetry is not a setting. The nearest are MaxRetries,")]
    [InlineData("Providers:openai:Deployments:0:Wait", "1", "Providers:openai:Deployments:0:Wait is not a setting. The nearest are Weight,")]
    [InlineData("Providers:openai:Deployments:0:Weight", "0", "Providers:openai:Deployments:0:Weight is 0;")]
    [InlineData("Providers:openai:MaxRetries", "11", "Providers:openai:MaxRetries is 11; it must be from 0 to 10.")]
    [InlineData("Providers:opnai:BaseUrl", "https://host", "Providers:opnai:Kind is not set, and 'opnai' is none of the providers openai, anthropic,")]
    [InlineData("Providers:opnai:Kind", "magic", "Providers:opnai:Kind is 'magic'; it must be Compatible, OpenAi, AzureOpenAi, Anthropic, Mistral or Cohere.")]
    public void Validate_SettingWrong_IsToldByItsName(string key, string value, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Problems((key, value))), StringComparison.Ordinal);

    [Fact]
    public void Validate_ModelOfAzureAlone_AsksForAddressAndKey() =>
        Assert.Equal(["AZURE_OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY"], Problems(("DEFAULT_MODEL", "azure:m")).Select(problem => problem.Split(' ')[0]));

    [Fact]
    public void Validate_KeyAndKeyFile_AreOneTooMany() =>
        Assert.StartsWith("OPENAI_API_KEY and OPENAI_API_KEY_FILE are both set;", Assert.Single(Problems(("OPENAI_API_KEY", Canary), ("OPENAI_API_KEY_FILE", "/no/such/file"))), StringComparison.Ordinal);

    [Fact]
    public void Validate_KeyFileMissing_IsToldByItsSetting() =>
        Assert.StartsWith("OPENAI_API_KEY_FILE is '/no/such/file'; there is no such file,", Assert.Single(Problems(("OPENAI_API_KEY_FILE", "/no/such/file"))), StringComparison.Ordinal);

    [Fact]
    public void Validate_BackoffLongerThanRequests_SaysThatNoRetryFits()
    {
        var problem = Assert.Single(ModelSettings.Read(Configuration(("RETRY_BACKOFF_MS", "20000")), TimeSpan.Zero)
            .Validate(null, new ServingLimits { RequestTimeout = TimeSpan.FromSeconds(10) }).Failures!);

        Assert.StartsWith("RETRY_BACKOFF_MS is 20 s; no retry after at least half of it fits into REQUEST_TIMEOUT (10 s).", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_MuchWrongWithKeysAround_TellsAllWithoutThem()
    {
        var problems = Problems(
            ("OPENAI_API_KEY", Canary + " with a space"),
            ("OPENAI_BASE_URL", Canary),
            ("MISTRAL_BASE_URL", $"https://user:{Canary}@host"),
            ("ANTHROPIC_API_KEY", Canary),
            ("ANTHROPIC_API_KEY_FILE", "/no/such/file"),
            ("Providers:cohere:ApiKey", Canary),
            ("Providers:cohere:Deployments:0:BaseUrl", Canary),
            ("Providers:cohere:MaxRetrys", "1"),
            ("MAX_RETRIES", "x"));

        Assert.Equal(7, problems.Count);
        Assert.DoesNotContain(problems, problem => problem.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public void Warnings_AttemptLongerThanRequests_IsDoubtful()
    {
        var warnings = ModelSettings.Read(Configuration(("LLM_TIMEOUT", "90"), ("Providers:openai:AttemptTimeout", "30"), ("Models:default:AttemptTimeout", "70")), TimeSpan.Zero).Warnings(new ServingLimits());

        Assert.Equal(["LLM_TIMEOUT (90 s) is above REQUEST_TIMEOUT (60 s)", "Models:default:AttemptTimeout (70 s) is above REQUEST_TIMEOUT (60 s)"], warnings.Select(warning => warning.Split(':')[0] is "Models" ? warning[..warning.IndexOf(": one", StringComparison.Ordinal)] : warning.Split(':')[0]));
    }

    [Fact]
    public void Warnings_KeyButNoModel_IsDoubtful() => Assert.StartsWith(
        "There is a key for azure, but no model: the offline model answers.",
        Assert.Single(ModelSettings.Read(Configuration(("AZURE_OPENAI_API_KEY", Canary)), TimeSpan.Zero).Warnings(new ServingLimits())),
        StringComparison.Ordinal);

    [Fact]
    public void Warnings_OrdinarySettings_AreNone() =>
        Assert.Empty(ModelSettings.Read(Configuration(("OPENAI_API_KEY", Canary), ("FALLBACK_MODELS", "offline:offline")), TimeSpan.FromSeconds(60)).Warnings(new ServingLimits()));

    private static ModelCatalogOptions Catalog(params (string Key, string? Value)[] values) => ModelSettings.Read(Configuration(values), TimeSpan.Zero).Catalog(TimeProvider.System);

    private static List<string> Problems(params (string Key, string? Value)[] values) =>
        [.. ModelSettings.Read(Configuration(values), TimeSpan.Zero).Validate(null, new ServingLimits()).Failures ?? []];

    private static IConfiguration Configuration(params (string Key, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => pair.Value)).Build();
}
