using System.Text.Json.Nodes;

namespace Serving.Providers.Tests;

/// <summary>What a provider was asked.</summary>
internal sealed record ProviderCall(string Path, IReadOnlyDictionary<string, string> Headers, JsonNode Body);
