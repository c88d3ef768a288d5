using System.CommandLine;
using System.CommandLine.Parsing;
using ScsiActors.Host.Bench.Storage;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

/// <summary>The options of <c>bench storage</c>, and the plan that they make.</summary>
internal static class BenchStorageOptions
{
    private static readonly string Names = string.Join(", ", StorageKind.All.Select(static backend => backend.Name));

    private static readonly Option<bool> Quick = new("--quick") { Description = "Fewer rows, shorter: under 20 seconds." };

    private static readonly Option<StorageKind[]?> Backends = new("--backend")
    {
        Description = "Storage to measure: " + string.Join(", ", StorageKind.All.Select(static backend => backend.ToString())),
        HelpName = "NAME,...",
        CustomParser = ParseBackends,
    };

    private static readonly Option<string> Through = CreateThrough();
    private static readonly Option<string> Preset = AdapterOptions.Preset();
    private static readonly Option<int[]?> Sizes = Parsers.SizesOption("--size", "Bytes of a command; default 4k,16k,64k.");
    private static readonly Option<int[]?> Depths = Parsers.CountsOption("--depth", "Commands outstanding; default 1,16,32.", 1024);
    private static readonly Option<string> Pattern = CreatePattern();

    private static readonly Option<double?> Seconds = new("--seconds")
    {
        Description = "How long each row is measured, after a warm-up of a quarter of it; default 1.",
        HelpName = "S",
        CustomParser = static result => double.TryParse(result.Tokens[0].Value, out var seconds) && seconds is >= 0.05 and <= 3600
            ? seconds
            : Parsers.Refuse<double?>(result, "wants seconds from 0.05 to 3600"),
    };

    private static readonly Option<long?> DiskSize = Parsers.SizeOption("--disk-size", "Size of each disk; default 256 MiB.");

    private static readonly Option<string?> Directory = new("--directory")
    {
        Description = "Where the temporary disks go; default the folder for temporary files.",
        HelpName = "DIR",
    };

    private static readonly Option<bool> Direct = FileEngineOptions.Direct();

    private static readonly Option<FileInfo?> File = new("--file")
    {
        Description = "Measure on this file instead of a temporary disk; reads only, unless --overwrite.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Permit writes to --file; its contents are lost." };
    private static readonly Option<bool> Verify = new("--verify") { Description = "First write and read at random and compare." };

    private static readonly Option<FileInfo?> Json = new("--json")
    {
        Description = "Write the rows for programs; Host/Bench/SCHEMA.md describes them.",
        HelpName = "FILE",
    };

    private static readonly Option<ulong> Seed = Parsers.SeedOption("Decides the places of random commands.");

    /// <summary>All of them, in the order of <c>--help</c>.</summary>
    public static IEnumerable<Option> All =>
    [
        Quick, Backends, Through, Preset, Sizes, Depths, Pattern, Seconds, DiskSize, Directory, Direct, File, Overwrite, Verify, Json, Seed,
    ];

    /// <summary>The plan that a command line asks for.</summary>
    /// <exception cref="UsageException">Options contradict each other, or name what does not exist.</exception>
    public static StoragePlan PlanOf(ParseResult line)
    {
        var plan = line.GetValue(Quick) ? StoragePlan.Quick : new StoragePlan();
        plan = plan with
        {
            Backends = line.GetValue(Backends) is { Length: > 0 } backends ? backends : plan.Backends,
            BackendsAreChosen = line.GetValue(Backends) is { Length: > 0 },
            Paths = line.GetRequiredValue(Through) switch
            {
                "direct" => [StoragePath.Direct],
                "lsi" => [StoragePath.Lsi],
                _ => StoragePath.All,
            },
            Preset = line.GetRequiredValue(Preset),
            Sizes = line.GetValue(Sizes) is { Length: > 0 } sizes ? sizes : plan.Sizes,
            Depths = line.GetValue(Depths) is { Length: > 0 } depths ? depths : plan.Depths,
            IsRandom = line.GetValue(Pattern) == "random",
            Duration = line.GetValue(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : plan.Duration,
            DiskSize = line.GetValue(DiskSize) ?? plan.DiskSize,
            Directory = line.GetValue(Directory) ?? plan.Directory,
            Direct = line.GetValue(Direct),
            File = line.GetValue(File),
            Overwrite = line.GetValue(Overwrite),
            Verify = line.GetValue(Verify),
            Json = line.GetValue(Json),
            Seed = line.GetValue(Seed),
        };
        Check(plan);
        return plan;
    }

    private static void Check(StoragePlan plan)
    {
        if (plan.File is { Exists: false } file)
            throw new UsageException($"--file {file}: there is no such file; `disk create` makes one.");
        if (plan.Overwrite && plan.File is null)
            throw new UsageException("--overwrite is about --file; a temporary disk is always written.");
        if (plan.Overwrite && plan.Backends.Count(static backend => backend.IsFile) > 1)
            throw new UsageException("--overwrite takes one file engine at a time: add --backend thread-pool or --backend io-uring.");
        if (plan.Verify && plan.File is not null && !plan.Overwrite)
            throw new UsageException("--verify writes to --file: say --overwrite if its contents may be lost.");
        OutputFiles.Require(("--json", plan.Json));
        var largest = plan.Sizes.Max();
        if (plan.DiskSize < largest)
            throw new UsageException($"--disk-size {ByteSize.Short(plan.DiskSize)} is less than one command of {ByteSize.Short(largest)}.");
    }

    private static StorageKind[]? ParseBackends(ArgumentResult result)
    {
        var names = result.Tokens[0].Value.Split(',').Distinct().ToArray();
        var found = StorageKind.All.Where(backend => names.Contains(backend.Name)).ToArray();
        return found.Length == names.Length
            ? found
            : Parsers.Refuse<StorageKind[]?>(result, $"wants names of {Names}, separated by commas");
    }

    private static Option<string> CreateThrough()
    {
        var option = new Option<string>("--through")
        {
            Description = $"Which way: {string.Join(", ", StoragePath.All.Select(static path => $"{path.Name} ({path.Summary})"))}, or both.",
            DefaultValueFactory = static _ => "both",
        };
        option.AcceptOnlyFromAmong("both", "direct", "lsi");
        return option;
    }

    private static Option<string> CreatePattern()
    {
        var option = new Option<string>("--pattern") { Description = "Where commands go.", DefaultValueFactory = static _ => "sequential" };
        option.AcceptOnlyFromAmong("sequential", "random");
        return option;
    }
}
