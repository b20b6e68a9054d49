using Microsoft.Extensions.AI;
using Serving.Runtime.Chat;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;

namespace Serving.Runtime.Prompts;

/// <summary>Limits on prompts that a host sets for all chains. Prompt templates and models look it up among the services of their context.</summary>
public sealed record PromptLimits
{
    /// <summary>The longest prompt, in characters (UTF-16 units) over all its messages.</summary>
    /// <value>Default: no limit. A longer prompt is answered with <see cref="ErrorKind.TooLarge"/> before any model is called.</value>
    public int MaxPromptLength { get; init; } = int.MaxValue;

    internal static int Of(RunContext context) =>
        (context.Services?.GetService(typeof(PromptLimits)) as PromptLimits)?.MaxPromptLength ?? int.MaxValue;

    /// <summary>Refuses a prompt that is too long, for models that are given prompts no template made.</summary>
    internal static void Check(RunContext context, PromptValue prompt)
    {
        var limit = Of(context);
        if (limit == int.MaxValue)
            return;
        var length = 0L;
        if (prompt is StringPromptValue text)
        {
            length = text.Text.Length;
        }
        else
        {
            foreach (var message in prompt.ToMessages())
                length += LengthOf(message);
        }

        Check(length, limit);
    }

    internal static void Check(long length, int limit)
    {
        if (length > limit)
        {
            throw new ServingException(
                ErrorKind.TooLarge,
                $"The prompt has {length} characters; the limit is {limit} (MAX_PROMPT_LENGTH). Send a shorter input, or have the limit raised.");
        }
    }

    internal static long LengthOf(ChatMessage message)
    {
        var length = 0L;
        var contents = message.Contents;
        for (var i = 0; i < contents.Count; i++) // no enumerator for each message
        {
            length += contents[i] switch
            {
                TextContent text => text.Text.Length,
                FunctionResultContent { Result: string text } => text.Length,
                _ => 0,
            };
        }

        return length;
    }
}
