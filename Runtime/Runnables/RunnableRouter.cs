using System.Collections.Frozen;
using Serving.Runtime.Configurable;
using Serving.Runtime.Errors;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Runnables;

/// <summary>Gives the input to the route its key names. It has no run of its own: the route's run stands where it stands.</summary>
internal sealed class RunnableRouter<TIn, TOut> : Runnable<RouterInput<TIn>, TOut>
{
    private readonly FrozenDictionary<string, Runnable<TIn, TOut>> _routes;
    private readonly string[] _keys;

    public RunnableRouter(IReadOnlyDictionary<string, Runnable<TIn, TOut>> routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        if (routes.Count == 0)
            throw new CompositionException("A router needs a route; none is given.");
        _keys = [.. routes.Keys];
        _routes = routes.ToFrozenDictionary();
    }

    public override string Name => "RunnableRouter";

    public override IReadOnlyList<ConfigurableField> ConfigurableFields => ConfigurableFieldSet.Of(_keys.Select(key => _routes[key]));

    public override JsonShape GetInputShape(RunConfig config)
    {
        var input = ShapeSets.FirstKnown(_keys.Select(key => _routes[key].GetInputShape(config)));
        return new ConvertedShape(
            JsonShape.Object("RouterInput", new ShapeProperty("key", JsonShape.String), new ShapeProperty("input", input)),
            value => value is ChainValues values ? new RouterInput<TIn>((string)values["key"]!, (TIn)values["input"]!) : value);
    }

    public override JsonShape GetOutputShape(RunConfig config) => ShapeSets.FirstKnown(_keys.Select(key => _routes[key].GetOutputShape(config)));

    protected internal override ValueTask<TOut> InvokeCoreAsync(RouterInput<TIn> input, RunContext context) => InvokeRun(input, context);

    internal override ValueTask<TOut> InvokeRun(RouterInput<TIn> input, RunContext context) => Choose(input).InvokeAsync(input.Input, context);

    internal override async IAsyncEnumerable<TOut> StreamRun(RouterInput<TIn> input, RunContext context)
    {
        await foreach (var piece in Choose(input).StreamAsync(input.Input, context).ConfigureAwait(false))
            yield return piece;
    }

    internal override IAsyncEnumerable<TOut> TransformRun(IAsyncEnumerable<RouterInput<TIn>> input, RunContext context) => GatherThenStream(input, context);

    private Runnable<TIn, TOut> Choose(RouterInput<TIn> input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _routes.TryGetValue(input.Key, out var route)
            ? route
            : throw new InvalidInputException($"There is no route '{input.Key}'; there are: {string.Join(", ", _keys)}.");
    }
}
