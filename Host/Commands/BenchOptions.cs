using System.CommandLine;
using System.CommandLine.Parsing;
using ScsiActors.Host.Bench;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

/// <summary>The options of <c>bench</c>, and the plan that they make.</summary>
internal static class BenchOptions
{
    private const int LargestLaneCount = 1024;

    private static readonly Option<bool> Quick = new("--quick") { Description = "Every row once and briefly: under 20 seconds." };

    private static readonly Option<BenchWay[]?> Rows = new("--rows")
    {
        Description = "Ways to measure: " + string.Join(", ", BenchWay.All.Select(static way => way.ToString())) + "; default all.",
        HelpName = "NAME,...",
        CustomParser = ParseRows,
    };

    private static readonly Option<int[]?> Sizes = Parsers.SizesOption("--size", "Bytes of a request; default 16k,64k.");

    private static readonly Option<bool[]?> Patterns = new("--pattern")
    {
        Description = "Where requests go: sequential, random, or both with a comma; default sequential.",
        HelpName = "NAME,...",
        CustomParser = ParsePatterns,
    };

    private static readonly Option<int> Depth = Parsers.CountOption("--depth", "Requests outstanding; an adapter takes up to 128.", 16, 1024);

    private static readonly Option<int?> Rounds = new("--rounds")
    {
        Description = "How often every row is measured, one after the other; default 5.",
        HelpName = "N",
        CustomParser = static result => int.TryParse(result.Tokens[0].Value, out var count) && count is >= 1 and <= 1000
            ? count
            : Parsers.Refuse<int?>(result, "wants a number from 1 to 1000"),
    };

    private static readonly Option<TimeSpan?> Time = Parsers.DurationOption(
        "--time", "How long each row is measured in each round, after a warm-up of a quarter of it; default 400ms.", TimeSpan.FromMilliseconds(20));

    private static readonly Option<FileInfo?> File = new("--file")
    {
        Description = "Measure on this file instead of a temporary one; reads only, unless --overwrite.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Permit writes to --file; its contents are lost." };
    private static readonly Option<long?> FileSize = Parsers.SizeOption("--file-size", "Size of the temporary file, or disk; default 256 MiB.");

    private static readonly Option<string?> Directory = new("--directory")
    {
        Description = "Where the temporary file goes; default the folder for temporary files.",
        HelpName = "DIR",
    };

    private static readonly Option<string> Engine = FileEngineOptions.Engine();

    private static readonly Option<string?> Direct = CreateDirect();

    private static readonly Option<TimeSpan?> ServiceTime = Parsers.DurationOption(
        "--service-time", "Instead of a file: a simulated disk that takes so long for each request.", TimeSpan.FromMilliseconds(0.05));

    private static readonly Option<int?> Lanes = new("--lanes")
    {
        Description = "Requests that the simulated disk serves at once; default as many as --depth.",
        HelpName = "N",
        CustomParser = static result => int.TryParse(result.Tokens[0].Value, out var count) && count is >= 1 and <= LargestLaneCount
            ? count
            : Parsers.Refuse<int?>(result, $"wants a number from 1 to {LargestLaneCount}"),
    };

    private static readonly Option<bool> Verify = new("--verify") { Description = "First write and read at random, every way, and compare." };

    private static readonly Option<FileInfo?> Json = new("--json")
    {
        Description = "Write everything for programs; Host/Bench/SCHEMA.md describes it.",
        HelpName = "FILE",
    };

    private static readonly Option<FileInfo?> Html = new("--html") { Description = "Write a report with pictures: one file, no network.", HelpName = "FILE" };
    private static readonly Option<FileInfo?> Csv = new("--csv") { Description = "Write the rows as comma-separated values.", HelpName = "FILE" };
    private static readonly Option<ulong> Seed = Parsers.SeedOption("Decides the data, and the places of random requests.");

    /// <summary>All of them, in the order of <c>--help</c>.</summary>
    public static IEnumerable<Option> All =>
    [
        Quick, Rows, Sizes, Patterns, Depth, Rounds, Time, File, Overwrite, FileSize, Directory, Engine, Direct, ServiceTime, Lanes, Verify, Html, Json, Csv, Seed,
    ];

    /// <summary>The plan that a command line asks for.</summary>
    /// <exception cref="UsageException">Options contradict each other, or name what does not exist.</exception>
    public static BenchPlan PlanOf(ParseResult line)
    {
        var plan = line.GetValue(Quick) ? BenchPlan.Quick : new BenchPlan();
        var depth = line.GetRequiredValue(Depth);
        plan = plan with
        {
            Ways = line.GetValue(Rows) is { Length: > 0 } ways ? ways : plan.Ways,
            Sizes = line.GetValue(Sizes) is { Length: > 0 } sizes ? sizes : plan.Sizes,
            Patterns = line.GetValue(Patterns) is { Length: > 0 } patterns ? patterns : plan.Patterns,
            Depth = depth,
            Rounds = line.GetValue(Rounds) ?? plan.Rounds,
            Duration = line.GetValue(Time) ?? plan.Duration,
            File = line.GetValue(File),
            Overwrite = line.GetValue(Overwrite),
            FileSize = line.GetValue(FileSize) ?? plan.FileSize,
            Directory = line.GetValue(Directory) ?? plan.Directory,
            Engine = line.GetRequiredValue(Engine),
            Direct = line.GetResult(Direct) is null ? null : line.GetValue(Direct) != "off",
            ServiceTimeDisk = line.GetValue(ServiceTime) is { } time ? new ServiceTimeDisk(time, line.GetValue(Lanes) ?? depth) : null,
            Verify = line.GetValue(Verify),
            Html = line.GetValue(Html),
            Json = line.GetValue(Json),
            Csv = line.GetValue(Csv),
            Seed = line.GetValue(Seed),
        };
        Check(plan, line);
        return plan;
    }

    private static void Check(BenchPlan plan, ParseResult line)
    {
        if (plan.ServiceTimeDisk is not null && (plan.File is not null || plan.Direct is not null))
            throw new UsageException("--service-time measures on a simulated disk: leave out --file and --direct.");
        if (plan.File is { Exists: false } file)
            throw new UsageException($"--file {file}: there is no such file; `disk create` makes one.");
        if (plan.Overwrite && plan.File is null)
            throw new UsageException("--overwrite is about --file; a temporary file is always written.");
        if (plan.ServiceTimeDisk is null && line.GetValue(Lanes) is not null)
            throw new UsageException("--lanes is about the simulated disk: add --service-time, for instance --service-time 1ms.");
        if (plan.Verify && !plan.MayWrite)
            throw new UsageException("--verify writes to --file: say --overwrite if its contents may be lost.");
        OutputFiles.Require(("--html", plan.Html), ("--json", plan.Json), ("--csv", plan.Csv));
        var length = plan.File?.Length ?? plan.FileSize;
        if (plan.Sizes.Max() > length)
            throw new UsageException($"--size {ByteSize.Short(plan.Sizes.Max())}: the disk has {ByteSize.Short(length)}; choose a larger --file-size or --file.");
        if (plan.Sizes.FirstOrDefault(static size => size % 512 != 0) is > 0 and var odd)
            throw new UsageException($"--size {odd}: a request is a number of whole blocks of 512 bytes.");
    }

    private static Option<string?> CreateDirect()
    {
        var option = new Option<string?>("--direct")
        {
            Description = "Past the page cache (O_DIRECT), as the letter measured; without this option where the file system can.",
            HelpName = "on|off",
            Arity = ArgumentArity.ZeroOrOne,
        };
        option.AcceptOnlyFromAmong("on", "off");
        return option;
    }

    private static BenchWay[]? ParseRows(ArgumentResult result)
    {
        var names = result.Tokens[0].Value.Split(',').Distinct().ToArray();
        var found = BenchWay.All.Where(way => names.Contains(way.Name)).ToArray();
        return found.Length == names.Length
            ? found
            : Parsers.Refuse<BenchWay[]?>(result, $"wants names of {string.Join(", ", BenchWay.All.Select(static way => way.Name))}, separated by commas");
    }

    private static bool[]? ParsePatterns(ArgumentResult result)
    {
        var names = result.Tokens[0].Value.Split(',').Distinct().ToArray();
        return Array.TrueForAll(names, static name => name is "sequential" or "random")
            ? [.. names.Select(static name => name == "random")]
            : Parsers.Refuse<bool[]?>(result, "wants sequential, random, or both with a comma");
    }
}
