using System.CommandLine;
using System.Diagnostics;
using Akka.Configuration;
using ScsiActors.Host.Experiment;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

internal static class ExperimentCommand
{
    public static Command Create()
    {
        var command = new Command("experiment", "x");
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult line)
    {
        var file = Environment.GetEnvironmentVariable("EXP");
        var parameters = ExperimentParameters.From(file is null ? ConfigurationFactory.Empty : ConfigurationFactory.ParseString(File.ReadAllText(file)));
        var only = Environment.GetEnvironmentVariable("ROWS");
        var sim = new RowSimulation(parameters, 1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        foreach (var (key, figures) in LetterTable.Rows)
        {
            if (only is not null && !key.ToString().Contains(only))
                continue;
            var watch = Stopwatch.StartNew();
            var r = sim.Run(key);
            Screen.Line(FormattableString.Invariant($"{key,-32} {figures.Bandwidth,6:F1} {r.Figures.Bandwidth,6:F1} {r.Figures.Bandwidth / figures.Bandwidth:F2} cpu {figures.Cpu,3} {r.Figures.Cpu,3:F0} sub {figures.SubmitLatency,6:F1} {r.Figures.SubmitLatency,6:F1} lat {figures.CompletionLatency,6:F2} {r.Figures.CompletionLatency,6:F2} out {r.Figures.Outstanding(key.Kibibytes):F1} most {r.MostInFlight} dev {r.DeviceKibibytes:F0} sto {r.StorageKibibytes:F0} n {r.Requests} {r.Hash:X} wall {watch.Elapsed.TotalSeconds:F2}"));
        }
        return 0;
    }
}
