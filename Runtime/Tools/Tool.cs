using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Serving.Runtime.Runnables;
using Serving.Runtime.Runs;
using Serving.Runtime.Schemas;
using Serving.Runtime.Serialization;
using Serving.Runtime.Streaming;

namespace Serving.Runtime.Tools;

/// <summary>
/// A function as a step: it takes named values as its arguments. The same function can be bound to a model, which then asks for calls of it.
/// What the function throws surfaces as it is.
/// </summary>
public sealed class Tool : Runnable<ChainValues, object?>
{
    private static readonly AIFunctionFactoryOptions.ParameterBindingOptions ContextBinding = new()
    {
        ExcludeFromSchema = true,
        BindParameter = (_, arguments) => arguments.Context?[typeof(RunContext)],
    };

    private readonly JsonShape _input;

    private Tool(AIFunction function)
    {
        Function = function;
        _input = ShapeOf(function);
    }

    /// <inheritdoc/>
    public override string Name => Function.Name;

    /// <inheritdoc/>
    public override RunType RunType => RunType.Tool;

    /// <summary>What a model or a person reads about it.</summary>
    public string Description => Function.Description;

    /// <summary>The function, to be put into the options of a model.</summary>
    public AIFunction Function { get; }

    /// <summary>Makes a tool of a function. Results that are JSON become plain values: texts, numbers, lists, named values.</summary>
    public static Tool Create(AIFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new Tool(function);
    }

    /// <summary>Makes a tool of a method, whose parameters are its arguments. Its result is given as it is.</summary>
    /// <param name="method">The work. Must be thread-safe. A parameter that is a <see cref="RunContext"/> is given the run's and is no argument.</param>
    /// <param name="name">The tool's name; the method's if null.</param>
    /// <param name="description">What a model reads about it; the method's description attribute if null.</param>
    public static Tool Create(Delegate method, string? name = null, string? description = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new Tool(AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
        {
            Name = name,
            Description = description,
            ConfigureParameterBinding = parameter => parameter.ParameterType == typeof(RunContext) ? ContextBinding : default,
            MarshalResult = (result, _, _) => new ValueTask<object?>(result),
        }));
    }

    /// <inheritdoc/>
    public override JsonShape GetInputShape(RunConfig config) => _input;

    /// <inheritdoc/>
    protected internal override async ValueTask<object?> InvokeCoreAsync(ChainValues input, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        var arguments = new AIFunctionArguments(new Dictionary<string, object?>(input)) 
        {
            Services = context.Services,
            Context = new Dictionary<object, object?> { [typeof(RunContext)] = context },
        };
        var result = await Function.InvokeAsync(arguments, context.CancellationToken).ConfigureAwait(false);
        return result is JsonElement json ? Plain(json) : result;
    }

    private static JsonShape ShapeOf(AIFunction function)
    {
        var schema = JsonSerializer.SerializeToNode(function.JsonSchema, RuntimeJson.Options) as JsonObject ?? [];
        schema["type"] ??= "object";
        schema["title"] = function.Name;
        if (function.Description.Length > 0)
            schema["description"] = function.Description;
        return JsonShape.Parse(JsonSerializer.SerializeToElement(schema, RuntimeJson.Options));
    }

    private static object? Plain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var number) ? (object)number : json.GetDouble(),
        JsonValueKind.Array => (object?[])[.. json.EnumerateArray().Select(Plain)],
        _ => ChainValues.From(json.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Plain(property.Value)))),
    };
}
