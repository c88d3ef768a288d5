using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>What a step of a run does.</summary>
public enum StepKind
{
    /// <summary>An initiator sends a command.</summary>
    Command,

    /// <summary>The port answers a SendDataIn.</summary>
    DataIn,

    /// <summary>The port answers a ReceiveDataOut.</summary>
    DataOut,

    /// <summary>Storage answers a request, or moves its bytes before it does.</summary>
    Storage,

    /// <summary>An initiator sends a task management function.</summary>
    TaskManagement,

    /// <summary>A delivery event happens.</summary>
    Event,

    /// <summary>Everything that is outstanding is answered.</summary>
    Drain,
}

/// <summary>A step of a run; all its details come from its own seed, so that leaving out another step changes nothing here.</summary>
public readonly record struct Step(StepKind Kind, ulong Seed);

/// <summary>The options of one run, drawn from its seed: runs that differ in kind find more than runs that differ in detail only.</summary>
public sealed class Swarm
{
    /// <summary>Initiators that send; the last sits on a parallel bus: no autosense, lengths unknown.</summary>
    public const int Initiators = 4;

    /// <summary>The options of the run <paramref name="seed"/>.</summary>
    public Swarm(ulong seed)
    {
        var random = new RandomStream(seed, "swarm");
        var blockSize = random.Pick(512, 512, 512, 4096);
        Blocks = random.Pick(2048L, 3000L, 40000L, (1L << 32) + 77);
        var maximumTransfer = random.Pick(64, 256, 1024) * 1024;
        Settings = new LogicalUnitSettings
        {
            BlockSize = blockSize,
            PhysicalBlockSize = random.Pick(blockSize, 4096),
            Removable = !random.OneIn(3),
            ReadOnly = random.OneIn(12),
            WriteCache = random.OneIn(2),
            ParallelBus = random.OneIn(2),
            Luns = random.OneIn(2) ? [Lun.Zero] : [Lun.Zero, new Lun(1), new Lun(300)],
            MaximumTasks = random.Pick(4, 16, 64, 256),
            MaximumTransfer = maximumTransfer,
            MaximumWriteSame = maximumTransfer,
            TransferBuffer = Math.Min(random.Pick(4, 8, 32, 128) * 1024, maximumTransfer),
            GrowTransferBuffer = random.OneIn(2),
            BufferLimit = random.Pick(32, 256, 4096) * 1024,
            BufferIdleLimit = random.Pick(0, 1024) * 1024,
        };
        FaultEvery = random.Pick(0, 0, 400, 60);
        NacaEvery = random.Pick(0, 0, 60);
        MutateEvery = random.Pick(8, 20, 100);
        ManagementShare = NacaEvery > 0 ? 30 : random.Pick(2, 8, 25);
        Pressure = random.Pick(200, 300, 400);
        AttributeWeights = random.Pick<int[]>([85, 10, 3, 1, 1], [100, 0, 0, 0, 0], [50, 25, 20, 2, 3]);
        Kinds = random.Pick<int[]>(CommandGenerator.Balanced, CommandGenerator.Balanced, CommandGenerator.MostlyBlocks,
            CommandGenerator.MostlyState);
        WholeEvery = random.Pick(0, 6, 6, 15);
        CanUnmap = random.OneIn(2);
    }

    /// <summary>The logical unit's settings.</summary>
    public LogicalUnitSettings Settings { get; }

    /// <summary>Its capacity.</summary>
    public long Blocks { get; }

    /// <summary>One storage request or transfer in so many fails; 0 for none.</summary>
    public int FaultEvery { get; }

    /// <summary>One command in so many has NACA set; 0 for none.</summary>
    public int NacaEvery { get; }

    /// <summary>One command in so many is COMPARE AND WRITE, WRITE ATOMIC, WRITE SAME or UNMAP; 0 for none.</summary>
    public int WholeEvery { get; }

    /// <summary>True when the storage takes blocks back.</summary>
    public bool CanUnmap { get; }

    /// <summary>One CDB in so many gets a bit flipped.</summary>
    public int MutateEvery { get; }

    /// <summary>Task management functions and events, in thousandths of all steps.</summary>
    public int ManagementShare { get; }

    /// <summary>Commands, in thousandths of all steps: how deep the queue becomes.</summary>
    public int Pressure { get; }

    /// <summary>Weights of the task attributes, in the order of the enumeration.</summary>
    public int[] AttributeWeights { get; }

    /// <summary>Weights of the kinds of commands.</summary>
    public int[] Kinds { get; }

    /// <summary>The steps of a run with <paramref name="commands"/> commands.</summary>
    public List<Step> Steps(ulong seed, int commands)
    {
        var random = new RandomStream(seed, "steps");
        var steps = new List<Step>();
        var answers = (1000 - Pressure - ManagementShare - 4) / 3;
        while (commands > 0)
        {
            var kind = (StepKind)random.Weighted(Pressure, answers, answers, answers, ManagementShare, (ManagementShare + 4) / 5, 4);
            steps.Add(new Step(kind, random.Next()));
            if (kind == StepKind.Command)
                commands--;
        }
        steps.Add(new Step(StepKind.Drain, random.Next()));
        return steps;
    }
}
