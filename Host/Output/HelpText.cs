using System.CommandLine;

namespace ScsiActors.Host.Output;

/// <summary>What <c>--help</c> teaches besides the options: examples, units, exit codes.</summary>
internal static class HelpText
{
    /// <summary>How the program is started.</summary>
    public const string Program = "dotnet run --project Host --";

    private const string Footer = """
        Units:
          Sizes are bytes, or k, KiB, M, MiB, G, GiB, T, TiB: always powers of 1024.
          MB/s is millions of bytes a second; latencies are microseconds.

        Exit codes:
          0    everything asked for was done
          1    the run failed: an I/O error, a difference found by --verify, a row that could not be measured
          2    the command line or the configuration is wrong; nothing was done
          130  ended by Ctrl-C, after cleaning up (143: by SIGTERM)

        Logs go to standard error (--log-level info shows more). Settings: config.hocon explains every one; --config FILE is laid over it.
        """;

    private static readonly Dictionary<string, string[]> Examples = new()
    {
        [""] =
        [
            "bench --quick                               # every kind of storage, in under 20 seconds",
            "disk create disk.img --size 1GiB",
            "disk info disk.img                          # what an operating system would see",
            "copy disk.img copy.img --verify             # sector by sector, through two logical units",
            "trace write                                 # the life of one command, message by message",
        ],
        ["bench"] =
        [
            "bench --quick --json rows.json",
            "bench --backend thread-pool,io-uring --size 4k --depth 32 --seconds 5 --pattern random",
            "bench --backend io-uring --direct --directory /var/tmp --disk-size 4GiB",
            "bench --file big.img --size 64k             # reads only; --overwrite permits writes, which destroy its contents",
            "bench --verify --backend memory,io-uring    # compare every block before measuring",
            "bench --through lsi --preset no-patch       # writes one at a time, as before the 2008 patches",
        ],
        ["copy"] =
        [
            "copy disk.img copy.img --verify",
            "copy disk.img /mnt/usb/disk.img --engine io-uring --direct --depth 64",
            "copy disk.img old.img --force               # old.img is larger: it is cut to the size of disk.img",
            "copy disk.img copy.img --seed 7             # the same mix of transfer sizes and tags again",
            "copy disk.img copy.img --through lsi        # through driver, LSI 53C895A and parallel bus",
        ],
        ["trace"] =
        [
            "trace write                                 # the message flow of a WRITE(10) through driver, adapter and bus",
            "trace write --preset no-patch               # the same before the 2008 patches: it stays connected",
            "trace read --scripts                        # with every SCRIPTS instruction",
            "trace \"12 01 83 00 ff 00\" --in 255         # any command: here INQUIRY, page 83h",
        ],
        ["simulate"] =
        [
            "simulate --seeds 1..1000 --jobs 2           # two processes",
            "simulate --time 60 --coverage               # as many seeds as a minute takes",
            "simulate --seeds 1..1000 --hashes a.txt     # one line a seed: the same on every machine",
            "simulate --scenario found/Seed7Order.json --seed 7",
            "simulate --speed                            # how fast virtual time is",
        ],
        ["replay"] =
        [
            "replay 7                                    # the messages of a seed, with virtual times",
            "replay 7 --only target-0-lun-0 --until 2.5",
            "replay 7 --break \"CommandExecuted 12\"",
            "replay found/Seed7Order.json",
        ],
        ["disk"] =
        [
            "disk create disk.img --size 64MiB --preallocate",
            "disk info disk.img",
        ],
        ["create"] =
        [
            "disk create disk.img --size 64MiB           # sparse: takes no room until it is written",
            "disk create disk.img --size 1GiB --preallocate",
        ],
        ["info"] = ["disk info disk.img", "disk info disk.img --engine io-uring --direct"],
    };

    /// <summary>The text that follows the options of <paramref name="command"/>.</summary>
    public static string For(Command command)
    {
        var key = command is RootCommand ? "" : command.Name;
        var lines = Examples[key].Select(static example => $"  {Program} {example}".TrimEnd());
        return $"Examples:\n{string.Join('\n', lines)}\n\n{Footer}";
    }
}
