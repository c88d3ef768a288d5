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
          1    the run failed: an I/O error, a difference found by --verify, a row that could not be measured, a band that does not hold
          2    the command line or the configuration is wrong; nothing was done
          130  ended by Ctrl-C, after cleaning up (143: by SIGTERM)

        Logs go to standard error (--log-level info shows more). Settings: config.hocon explains every one; --config FILE is laid over it.
        """;

    private static readonly Dictionary<string, string[]> Examples = new()
    {
        [""] =
        [
            "experiment --html experiment.html           # the 2008 letter's table in virtual time, beside the published one",
            "bench                                       # the letter's table on this machine: bare metal, SCSI patch by patch, virtio",
            "disk create disk.img --size 1GiB",
            "disk info disk.img                          # what an operating system would see",
            "copy disk.img copy.img --verify             # sector by sector, through two logical units",
            "trace write                                 # the life of one command, message by message",
        ],
        ["experiment"] =
        [
            "experiment --html experiment.html           # with pictures: bars, bands, queue depth over time, one write message by message",
            "experiment --seed 7 --time 10s --json a.json  # the same seed and time give the same bytes",
            "experiment --model mine.hocon               # other numbers for guest, processor and disk: see Host/Experiment/experiment.hocon",
        ],
        ["bench"] =
        [
            "bench --html bench.html                     # with pictures",
            "bench --quick --json run.json               # every row once; Host/Bench/SCHEMA.md describes the file",
            "bench --service-time 1ms                    # a disk that takes a millisecond: queued writes against one at a time",
            "bench --service-time 1ms --lanes 4          # one that works on four requests at once",
            "bench --directory /mnt/disk --file-size 4GiB  # another disk; past the page cache where its file system can",
            "bench --direct off                          # through the page cache: the price of every copy and message",
            "bench --rows bare,default --size 4k,16k,64k,256k --pattern sequential,random --rounds 9 --csv rows.csv",
            "bench --file big.img --depth 32             # reads only; --overwrite permits writes, which destroy its contents",
            "bench --verify --quick                      # compare every block, every way, before measuring",
            "bench storage --quick                       # null disk, memory disk, thread pool, io_uring",
        ],
        ["storage"] =
        [
            "bench storage --quick --json rows.json",
            "bench storage --backend thread-pool,io-uring --size 4k --depth 32 --seconds 5 --pattern random",
            "bench storage --backend io-uring --direct --directory /var/tmp --disk-size 4GiB",
            "bench storage --file big.img --size 64k     # reads only; --overwrite permits writes, which destroy its contents",
            "bench storage --verify --backend memory,io-uring",
            "bench storage --through lsi --preset no-patch",
        ],
        ["copy"] =
        [
            "copy disk.img copy.img --verify",
            "copy disk.img /mnt/usb/disk.img --engine io-uring --direct --depth 64",
            "copy disk.img old.img --force               # old.img is larger: it is cut to the size of disk.img",
            "copy disk.img copy.img --seed 7             # the same mix of transfer sizes and tags again",
            "copy disk.img copy.img --journal run.journal # record every message; `journal` shows them",
            "copy disk.img copy.img --through lsi        # through driver, LSI 53C895A and parallel bus",
        ],
        ["trace"] =
        [
            "trace write                                 # the message flow of a WRITE(10) through driver, adapter and bus",
            "trace write --preset no-patch               # the same before the 2008 patches: it stays connected",
            "trace read --scripts                        # with every SCRIPTS instruction",
            "trace \"12 01 83 00 ff 00\" --in 255         # any command: here INQUIRY, page 83h",
            "trace write --svg write.svg --pcapng write.pcapng --trace write.json",
        ],
        ["journal"] =
        [
            "copy disk.img copy.img --journal run.journal",
            "journal run.journal                         # as a message flow",
            "journal run.journal --to pcapng --output run.pcapng",
            "journal run.journal --to why --command 7    # what led to the answer of the seventh command",
        ],
        ["simulate"] =
        [
            "simulate --seeds 1..1000 --jobs 2           # two processes",
            "simulate --mutants                          # how many seeds it takes to find each historical bug",
            "simulate --mutant submit-before-data --seeds 1..10  # what a finding looks like: repeated, shrunk, written as a test",
            "simulate --time 60 --coverage               # as many seeds as a minute takes, and what they have reached",
            "simulate --until-dry 200 --jobs 2 --html campaign.html  # until 200 seeds in a row reach nothing new",
            "simulate --seeds 1..1000 --hashes a.txt     # one line a seed: the same on every machine",
            "simulate --scenario found/Seed7Order.json --seed 7",
            "simulate --speed                            # how fast virtual time is",
        ],
        ["replay"] =
        [
            "replay 7                                    # the messages of a seed, with virtual times",
            "replay 7 --only target-0-lun-0 --until 2.5",
            "replay 7 --break \"CommandExecuted 12\" --state  # up to that message, then what each part holds",
            "replay 7 --step                             # message by message; Enter goes on, state and task-set show, help names the rest",
            "replay 7 --step < steps.txt                 # the same from a script: until AioWrite, task-set, quit, a line each",
            "replay found/Seed7Order.json",
            "replay 7 --html run.html                    # one page: timeline, task sets, faults, latencies, messages",
            "replay 7 --pcapng run.pcapng --trace run.json --journal run.journal  # all forms that `journal --to` knows",
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
