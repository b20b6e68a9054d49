return await Serving.Host.Commands.CommandLine.RunAsync(args);
