using ScsiActors.Host;

return await CommandLine.RunAsync(args);
