using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;

namespace Serving.Runtime.Runnables;

public static partial class RunnableExtensions
{
    /// <summary>A step that runs this one for every item of a list, as many at once as the config's concurrency allows. Answers keep the order.</summary>
    public static Runnable<IReadOnlyList<TIn>, IReadOnlyList<TOut>> Each<TIn, TOut>(this Runnable<TIn, TOut> runnable)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        return new RunnableEach<TIn, TOut>(runnable);
    }

    /// <summary>This runnable with config of its own. Where the caller's config sets the same thing, the caller's counts; tags add up.</summary>
    public static Runnable<TIn, TOut> WithConfig<TIn, TOut>(this Runnable<TIn, TOut> runnable, RunConfig config)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        ArgumentNullException.ThrowIfNull(config);
        return new RunnableWithConfig<TIn, TOut>(runnable, config);
    }

    /// <summary>This runnable with another name for its runs.</summary>
    public static Runnable<TIn, TOut> WithName<TIn, TOut>(this Runnable<TIn, TOut> runnable, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return runnable.WithConfig(new RunConfig { RunName = name });
    }

    /// <summary>This runnable, tried again when it fails. A stream is tried again only while none of its pieces has been passed on.</summary>
    /// <param name="runnable">What is tried.</param>
    /// <param name="options">When and how often; the defaults if null. Read once.</param>
    public static Runnable<TIn, TOut> WithRetry<TIn, TOut>(this Runnable<TIn, TOut> runnable, RetryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        return new RunnableRetry<TIn, TOut>(runnable, options ?? new RetryOptions());
    }

    /// <summary>This runnable, with others that run in order where it fails; if all fail, the first error is thrown.</summary>
    /// <remarks>
    /// Cancellation and errors the caller is to blame for never fall over. A stream falls over only while none of its pieces has been passed on.
    /// </remarks>
    public static Runnable<TIn, TOut> WithFallbacks<TIn, TOut>(this Runnable<TIn, TOut> runnable, params Runnable<TIn, TOut>[] fallbacks) =>
        runnable.WithFallbacks(TransientErrors.Includes, fallbacks);

    /// <summary>This runnable, with others that run in order where it fails in a certain way; if all fail, the first error is thrown.</summary>
    /// <param name="runnable">What runs first.</param>
    /// <param name="handles">Which errors fall over. A cancelled run never does.</param>
    /// <param name="fallbacks">What runs in its place.</param>
    public static Runnable<TIn, TOut> WithFallbacks<TIn, TOut>(
        this Runnable<TIn, TOut> runnable,
        Func<Exception, bool> handles,
        params Runnable<TIn, TOut>[] fallbacks)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        ArgumentNullException.ThrowIfNull(handles);
        ArgumentNullException.ThrowIfNull(fallbacks);
        return new RunnableWithFallbacks<TIn, TOut>(runnable, fallbacks, handles);
    }

    /// <summary>This runnable with other shapes than its types have. A shape must read what the type takes.</summary>
    /// <param name="runnable">What runs.</param>
    /// <param name="input">What JSON it takes; its own if null.</param>
    /// <param name="output">What JSON it gives; its own if null.</param>
    public static Runnable<TIn, TOut> WithTypes<TIn, TOut>(this Runnable<TIn, TOut> runnable, JsonShape? input = null, JsonShape? output = null)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        return new RunnableWithTypes<TIn, TOut>(runnable, input, output);
    }

    /// <summary>This runnable, or one made of a configured value where the call sets it.</summary>
    /// <param name="runnable">What runs where the call does not set the field.</param>
    /// <param name="field">The field callers set.</param>
    /// <param name="make">Makes what runs of the value; called per call, so it is cheap and thread-safe. Never given null.</param>
    public static Runnable<TIn, TOut> ConfigurableField<TIn, TOut>(
        this Runnable<TIn, TOut> runnable,
        ConfigurableField field,
        Func<object?, Runnable<TIn, TOut>> make)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(make);
        return new RunnableConfigurableField<TIn, TOut>(runnable, field, make);
    }

    /// <summary>This runnable, or another that the call names by its key.</summary>
    /// <param name="runnable">What runs where the call names none.</param>
    /// <param name="field">The field callers set; its shape becomes the choice of keys, its default the default key.</param>
    /// <param name="defaultKey">The key of this runnable.</param>
    /// <param name="alternatives">The others. Keys reach clients in schemas and in the error an unknown key gives.</param>
    /// <exception cref="CompositionException">A key occurs twice.</exception>
    public static Runnable<TIn, TOut> ConfigurableAlternatives<TIn, TOut>(
        this Runnable<TIn, TOut> runnable,
        ConfigurableField field,
        string defaultKey,
        params (string Key, Runnable<TIn, TOut> Runnable)[] alternatives)
    {
        ArgumentNullException.ThrowIfNull(runnable);
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(defaultKey);
        ArgumentNullException.ThrowIfNull(alternatives);
        return new RunnableConfigurableAlternatives<TIn, TOut>(runnable, field, defaultKey, alternatives);
    }
}
