using Microsoft.Extensions.AI;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Chat;

/// <summary>What a model's runs tell of the model.</summary>
internal static class ModelMetadata
{
    public static ChainValues Of(IChatClient client, string type, ChatOptions? options)
    {
        var metadata = client.GetService<ChatClientMetadata>();
        var values = new List<KeyValuePair<string, object?>>(3);
        if (metadata?.ProviderName is { } provider)
            values.Add(new("ls_provider", provider));
        if ((options?.ModelId ?? metadata?.DefaultModelId) is { } model)
            values.Add(new("ls_model_name", model));
        values.Add(new("ls_model_type", type));
        return ChainValues.From(values);
    }
}
