using Serving.CompareServers;

// Servers that the host is compared with, each a process of its own. Each tells where it listens, as the host does.
switch (args)
{
    case ["echo-host", .. var rest]:
        await EchoHost.Create(rest).RunAsync();
        return 0;
    case ["bare"]:
        await BareEcho.Create().RunAsync();
        return 0;
    case ["relay", var provider]:
        await Relay.Create(new Uri(provider)).RunAsync();
        return 0;
    default:
        await Console.Error.WriteLineAsync("Arguments: echo-host [host arguments] | bare | relay PROVIDER");
        return 1;
}
