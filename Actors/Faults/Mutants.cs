using System.Globalization;

namespace ScsiActors.Faults;

/// <summary>A bug that an emulator or a target once had, to see whether it would be found here. It is off unless somebody asks for it by name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Does">What is wrong, in a sentence.</param>
/// <param name="History">Where it was, and when.</param>
/// <param name="Needs">What the workload needs for it to show.</param>
/// <param name="Config">HOCON that switches it on in the part that has it; null for one that a <see cref="MutantFilter"/> makes of messages.</param>
public sealed record Mutant(string Name, string Does, string History, string Needs, string? Config = null)
{
    /// <summary>True when it needs an adapter with its bus.</summary>
    public bool NeedsAdapter { get; init; }

    /// <summary>True for a bug of timing: dice decide at which of its occasions it shows, unless its <see cref="Occasion"/> is given.</summary>
    public bool IsSeldom { get; init; }

    /// <summary>At which of its occasions a bug that <see cref="IsSeldom"/> shows, once, counted from 1; 0 for those that dice decide.</summary>
    public int Occasion { get; init; }
}

/// <summary>The registry of historical bugs.</summary>
public static class Mutants
{
    private const char OccasionMark = '@';
    private const string Resets = "task management";
    private const string Aborts = "aborts of commands that are outstanding";
    private const string Reads = "reads";
    private const string Writes = "writes that are read back";
    private const string PowerCuts = "power cuts of a simulated disk with a write cache";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("direction-from-bus-phase", "a queued write is reselected for DATA IN",
            "QEMU's LSI adapter, 2008: the direction was taken from the bus phase at the time of queueing; patch 1 of the series of 3 October 2008",
            Writes, "scsi-actors.host-adapter.bugs.direction-from-bus-phase = on") { NeedsAdapter = true },
        new("submit-before-data", "a queued write goes to storage before its data has arrived",
            "the trap in the 2008 letter, which called the completion that asks for the data an extra hoop", Writes,
            "scsi-actors.host-adapter.bugs.submit-before-data = on") { NeedsAdapter = true },
        new("sigp-lost", "a start signal that comes while the script is about to park is lost",
            "QEMU's LSI adapter: the look at what is pending and the parking in WAIT RESELECT were two steps", "commands one after the other") { NeedsAdapter = true, IsSeldom = true },
        new("interrupt-lost", "the interrupt line does not follow its conditions", "QEMU's LSI adapter: INTA was not computed anew after writes to SIEN and DIEN",
            "commands one after the other") { NeedsAdapter = true, IsSeldom = true },
        new("istat-read-clears", "reading ISTAT0 takes SIP and DIP away, so that SIST and DSTAT are not read",
            "several emulations of the family; the datasheet clears them by reads of SIST and DSTAT alone", "commands that end with CHECK CONDITION") { NeedsAdapter = true },
        new("sist-half-read", "a 16-bit read of SIST reads and clears its low byte only",
            "emulations that served wide reads with the handler of one register", "a selection time-out") { NeedsAdapter = true },
        new("stale-dma-length", "the end of a transfer does not reach memory, and nobody says so",
            "QEMU's LSI adapter with OpenServer 5.0.5: the DMA length of an earlier transfer was used (qemu-devel, November 2008)", Reads) { IsSeldom = true },
        new("tags-mixed-up", "a status goes to another outstanding tag", "QEMU's LSI adapter: the queue of tags before its rewrite of 2009, whose order was arbitrary",
            "queued commands") { IsSeldom = true },
        new("attributes-ignored", "ORDERED and HEAD OF QUEUE are taken for SIMPLE", "QEMU's LSI adapter: every queue tag message is SIMPLE", "ORDERED commands among others"),
        new("bus-reset-forgets", "a bus reset does not end what is outstanding", "QEMU's LSI adapter asserted that its queue was empty at a reset",
            "bus resets with commands outstanding") { NeedsAdapter = true },
        new("aborted-command-completes", "an aborted command ends with GOOD",
            "QEMU's LSI adapter, CVE-2022-0216: ABORT and CLEAR QUEUE went on with a request that had been cancelled", Aborts),
        new("abort-without-effect", "ABORT TASK is answered FUNCTION COMPLETE, and the command goes on",
            "tcmu-runner issue 485: nobody ended the command that was still running below", Aborts),
        new("abort-reported-failed", "ABORT TASK is carried out and answered as failed", "SPDK issues 250 and 788", Aborts),
        new("reset-without-effect", "LOGICAL UNIT RESET and TARGET RESET are answered and not carried out", "tgt, which has neither warm nor cold reset", Resets),
        new("unit-attention-swallowed", "a unit attention after a reset does not reach its initiator", "tgt queues an attention to the wrong initiator", Resets),
        new("wrong-residual", "the residual counts a block that was transferred", "SPDK issue 405: Linux accepted the underflow, ESXi refused it", "data of every length"),
        new("wrong-sense-when-protected", "a write to a protected medium ends with ILLEGAL REQUEST", "tgt, WRITE SAME with UNMAP on a read-only unit", "a unit that is read-only"),
        new("eject-not-prevented", "PREVENT ALLOW MEDIUM REMOVAL is accepted and forgotten", "tgt", "a unit with removable medium that is ejected"),
        new("data-offset-ignored", "every piece of a transfer goes to the start of the buffer", "tgt never looks at DataSN, nor do its peers at offsets that they do not expect",
            "transfers in pieces (grow-transfer-buffer = off)"),
        new("short-write-taken-for-whole", "a write of which only the beginning was taken counts as done", "Turso PR 3209, and every caller of write(2) who ignores its result", Writes) { IsSeldom = true },
        new("fua-ignored", "a write with FUA completes when it is in the volatile cache", "open-cas-linux PR 324, where FUA was proved by looking through the kernel's log", PowerCuts),
        new("flush-ignored", "SYNCHRONIZE CACHE completes before anything was flushed", "SCST with nv_cache, and disks that lie", PowerCuts),
        new("completed-twice", "a command is completed twice", "SPDK issues 725 and 1004: reference counts below zero", "any") { IsSeldom = true },
    ];

    /// <summary>The bug of a name; null when there is none. <c>name@3</c> is one that is seldom seen at the third of its occasions.</summary>
    public static Mutant? Find(string name)
    {
        var parts = name.Split(OccasionMark);
        var mutant = All.FirstOrDefault(mutant => mutant.Name == parts[0]);
        if (mutant is null || parts.Length == 1)
            return mutant;
        return mutant.IsSeldom && parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var occasion) && occasion > 0
            ? mutant with { Occasion = occasion } : null;
    }

    /// <summary>What <see cref="Find"/> is asked for a bug at one of its occasions.</summary>
    public static string NameAt(Mutant mutant, int occasion) => string.Create(CultureInfo.InvariantCulture, $"{mutant.Name}{OccasionMark}{occasion}");
}
