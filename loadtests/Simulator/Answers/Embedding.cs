using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Serving.Simulator.Faults;
using Serving.Simulator.Requests;

namespace Serving.Simulator.Answers;

/// <summary>Vectors that depend on the text and the seed alone, and answers made of them.</summary>
internal static class Embedding
{
    private const int Dimensions = 16;
    private const int MostDimensions = 4096;
    private const string Head = "{\"object\":\"list\",\"model\":\"";

    /// <summary>Where filling does no harm: in the model's name.</summary>
    public static int GrowsAt => Head.Length;

    public static string Json(ModelRequest request, long seed)
    {
        var json = new StringBuilder(Head).Append(Answer.Escape(request.Model ?? "")).Append("\",\"data\":[");
        var length = Math.Clamp(request.Dimensions ?? Dimensions, 1, MostDimensions);
        for (var index = 0; index < request.Inputs.Count; index++)
        {
            json.Append(index == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{{\"object\":\"embedding\",\"index\":{index},\"embedding\":");
            var vector = Vector(request.Inputs[index] ^ Chance.Hash("", seed), length);
            if (request.WantsBase64)
                json.Append('"').Append(Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan()))).Append('"');
            else
                json.Append('[').AppendJoin(',', vector.Select(value => value.ToString("R", CultureInfo.InvariantCulture))).Append(']');
            json.Append('}');
        }

        return json.Append(CultureInfo.InvariantCulture, $"],\"usage\":{{\"prompt_tokens\":{request.PromptWords},\"total_tokens\":{request.PromptWords}}}}}").ToString();
    }

    /// <summary>Of length 1.</summary>
    private static float[] Vector(ulong state, int length)
    {
        var vector = new double[length];
        for (var index = 0; index < length; index++)
            vector[index] = Chance.Of(state, index) - 0.5;
        var norm = Math.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => (float)(value / norm))];
    }
}
