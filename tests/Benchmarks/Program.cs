using Serving.Benchmarks;

// dotnet run -c Release --project tests/Benchmarks             everything: allocations, then the paired load run
// dotnet run -c Release --project tests/Benchmarks -- micro    allocations and times of single calls only
// dotnet run -c Release --project tests/Benchmarks -- load     the paired load run only; --seconds N --rounds N --connections N
return args switch
{
    ["serve", var kind] => await Servers.RunAsync(kind),
    ["micro", ..] => MicroBenchmarks.Run(),
    ["load", .. var rest] => await PairedLoad.RunAsync(LoadOptions.Parse(rest)),
    _ => MicroBenchmarks.Run() + await PairedLoad.RunAsync(LoadOptions.Parse(args)),
};
