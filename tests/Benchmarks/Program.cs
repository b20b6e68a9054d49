using Serving.Benchmarks;

// dotnet run -c Release --project tests/Benchmarks             everything: allocations, then the paired load run
// dotnet run -c Release --project tests/Benchmarks -- micro    allocations and times of single calls only
// dotnet run -c Release --project tests/Benchmarks -- load     the paired load run only; --seconds N --rounds N --connections N
// dotnet run -c Release --project tests/Benchmarks -- observed the host with metrics, logs and traces, and without; names of loads and forms, the same options
// dotnet run -c Release --project tests/Benchmarks -- startup how hosts start, and their first requests; paths of hosts to compare, --rounds N
// dotnet run -c Release --project tests/Benchmarks -- llm      a chain that calls a provider over HTTP, in three forms; the same options
// dotnet run -c Release --project tests/Benchmarks -- clients  our client of Anthropic against the official one; --rounds N
return args switch
{
    ["serve", var kind, .. var provider] => await Servers.RunAsync(kind, provider.FirstOrDefault()),
    ["micro", ..] => MicroBenchmarks.Run(),
    ["llm", .. var rest] => await ProviderLoad.RunAsync(LoadOptions.Parse(rest)),
    ["clients", .. var rest] => await ClientLoad.RunAsync(LoadOptions.Parse(rest)),
    ["observed", .. var rest] => await ObservedLoad.RunAsync([.. rest.TakeWhile(word => !word.StartsWith('-'))], LoadOptions.Parse(rest)),
    ["startup", .. var rest] => await StartUp.RunAsync([.. rest.TakeWhile(word => word != "--rounds")], LoadOptions.Parse(rest).Rounds),
    ["load", .. var rest] => await PairedLoad.RunAsync(LoadOptions.Parse(rest)),
    _ => MicroBenchmarks.Run() + await PairedLoad.RunAsync(LoadOptions.Parse(args)),
};
