using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using static ScsiActors.FrontEnds.InProcess.ScriptAssembler;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>The driver's SCRIPTS program. It lies in the adapter's script RAM and never changes: what differs from command to command lies in the
/// command's <see cref="TaskBlock"/>, to which DSA points, and in the <see cref="StartQueue"/>.</summary>
internal static class DriverScripts
{
    /// <summary>Where the driver maps the script RAM.</summary>
    public const uint Origin = 0xE000_0000;

    private const int ListIn = 0x400;
    private const int ListOut = 0x500;
    private const int Continuations = 0x600;

    private const int Ctest2 = 0x1A;
    private const int Scntl2 = 0x02;
    private const int Ssid = 0x0A;
    private const int Dsa = 0x10;
    private const int Temp = 0x1C;
    private const int ScratchA = 0x34;
    private const int Sidl = 0x50;
    private const int ScratchB = 0x5C;
    private const int RemainingByteCount = 0xC8;
    private const int UpdatedAddress = 0xCC;
    private const int InstructionAddress = 0xD4;

    private const byte ClearSdu = 0x7F;

    // The one queue tag message that a target sends (SPI-3 16.5).
    private const byte SimpleQueueTag = 0x20;
    private const byte SaveDataPointer = 0x02;
    private const byte Disconnect = 0x04;
    private const byte CommandComplete = 0x00;

    private static readonly ScriptAssembler Program = Build();

    /// <summary>The program.</summary>
    public static uint[] Code { get; } = Program.Assemble();

    /// <summary>Where the adapter is started.</summary>
    public static uint Begin { get; } = Program.AddressOf("begin");

    /// <summary>What a start-queue entry jumps to when it is empty.</summary>
    public static uint Idle { get; } = Program.AddressOf("idle");

    /// <summary>What a start-queue entry jumps to for a command.</summary>
    public static uint Start { get; } = Program.AddressOf("start");

    /// <summary>What a start-queue entry jumps to for a message without a command.</summary>
    public static uint SendMessage { get; } = Program.AddressOf("send-message");

    /// <summary>The phase-mismatch handler of outgoing phases (PMJAD1).</summary>
    public static uint MismatchOut { get; } = Program.AddressOf("mismatch-out");

    /// <summary>The phase-mismatch handler of incoming phases (PMJAD2).</summary>
    public static uint MismatchIn { get; } = Program.AddressOf("mismatch-in");

    /// <summary>The data pointer of a command that continues an interrupted block move of DATA IN.</summary>
    public static uint ContinueIn { get; } = Program.AddressOf("continue-in");

    /// <summary>Likewise for DATA OUT.</summary>
    public static uint ContinueOut { get; } = Program.AddressOf("continue-out");

    /// <summary>The data pointer of a command all of whose data has been moved.</summary>
    public static uint Exhausted { get; } = Program.AddressOf("exhausted");

    /// <summary>The instruction that moves a table entry; the list runs from there to the last entry.</summary>
    /// <param name="isIn">True for DATA IN.</param>
    /// <param name="entry">The entry, 0 to <see cref="TaskBlock.Entries"/>; that many means none.</param>
    public static uint ListAt(bool isIn, int entry) => Origin + (uint)((isIn ? ListIn : ListOut) + entry * 8);

    /// <summary>The entry that the instruction at an address moves; <see cref="TaskBlock.Entries"/> when it is behind the last.</summary>
    public static int EntryAt(uint address) =>
        Math.Min((int)(address - Origin - (uint)(address - Origin < ListOut ? ListIn : ListOut)) / 8, TaskBlock.Entries);

    private static ScriptAssembler Build()
    {
        var script = new ScriptAssembler(Origin);
        Schedule(script);
        Reselected(script);
        Dispatch(script);
        Selected(script);
        Finish(script);
        Messages(script);
        Mismatch(script);
        Overrun(script);
        DataLists(script);
        return script;
    }

    // The start queue's current entry loads DSA and SCRATCHA (the entry after it) and jumps to idle, start or send-message.
    private static void Schedule(ScriptAssembler script) => script
        .Label("begin")
        .MoveToSfbr(Ctest2)
        .Load(Temp, 4, StartQueue.CurrentAddress)
        .Return()
        .Label("idle")
        .WaitReselect("begin");

    // DSA is no task block until it is known whose connection it is: what goes wrong before must not end the command that it was left with.
    private static void Reselected(ScriptAssembler script) => script
        .Label("reselected")
        .Interrupt(DriverInterrupt.NoMessageAfterReselection, When.WhenNotPhase, BusPhase.MessageIn)
        .Load(Dsa, 4, DriverVariables.UntaggedTable)
        .Move(BusPhase.MessageIn, 1, DriverVariables.Message)
        .ClearAck()
        .Jump("untagged", When.WhenNotPhase, BusPhase.MessageIn)
        .Move(BusPhase.MessageIn, 2, DriverVariables.Message)
        .Interrupt(DriverInterrupt.UnexpectedMessage, When.IfNotData, SimpleQueueTag)
        .Load(Dsa, 4, DriverVariables.TaskBlocks)
        .MoveToSfbr(Sidl)
        .MoveFromSfbr(Dsa + 1)
        .ClearAck();

    private static void Dispatch(ScriptAssembler script) => script
        .Label("dispatch")
        .Jump("message", When.WhenPhase, BusPhase.MessageIn)
        .Jump("status", When.IfPhase, BusPhase.Status)
        .Jump("data", When.IfPhase, BusPhase.DataIn)
        .Jump("data", When.IfPhase, BusPhase.DataOut)
        .Jump("command", When.IfPhase, BusPhase.Command)
        .Interrupt(DriverInterrupt.UnexpectedPhase)
        .Label("data")
        .LoadFrom(Temp, 4, TaskBlock.DataPointer)
        .Return();

    private static void Selected(ScriptAssembler script) => script
        .Label("untagged")
        .MoveToSfbr(Ssid, 0x0F)
        .MoveFromSfbr(Dsa)
        .ClearCarry()
        .ShiftLeft(Dsa)
        .ShiftLeft(Dsa)
        .LoadFrom(Dsa, 4, 0)
        .Jump("dispatch")
        .Label("start")
        .SelectWithAttention(TaskBlock.Select, "reselected")
        .Interrupt(DriverInterrupt.NoMessageOut, When.WhenNotPhase, BusPhase.MessageOut)
        .Store(ScratchA, 4, StartQueue.CurrentAddress)
        .MoveFrom(BusPhase.MessageOut, TaskBlock.MessageOut)
        .Jump("dispatch", When.WhenNotPhase, BusPhase.Command)
        .Label("command")
        .MoveFrom(BusPhase.Command, TaskBlock.Command)
        .Jump("dispatch")
        .Label("send-message")
        .SelectWithAttention(TaskBlock.Select, "reselected")
        .Interrupt(DriverInterrupt.NoMessageOut, When.WhenNotPhase, BusPhase.MessageOut)
        .Store(ScratchA, 4, StartQueue.CurrentAddress)
        .And(Scntl2, ClearSdu)
        .MoveFrom(BusPhase.MessageOut, TaskBlock.MessageOut)
        .ClearAckAndAttention()
        .WaitDisconnect()
        .Set(ScratchB, 0)
        .Jump("done");

    private static void Finish(ScriptAssembler script) => script
        .Label("status")
        .Move(BusPhase.Status, 1, DriverVariables.Status)
        .MoveFromSfbr(ScratchB)
        .Interrupt(DriverInterrupt.UnexpectedPhase, When.WhenNotPhase, BusPhase.MessageIn)
        .Move(BusPhase.MessageIn, 1, DriverVariables.Message)
        .Interrupt(DriverInterrupt.UnexpectedMessage, When.IfNotData, CommandComplete)
        .And(Scntl2, ClearSdu)
        .ClearAckAndAttention()
        .WaitDisconnect()
        .Label("done")
        .StoreTo(ScratchB, 1, TaskBlock.Status)
        .MoveToSfbr(ScratchB)
        .Interrupt(DriverInterrupt.StatusNotGood, When.IfNotData, value: (byte)ScsiStatus.Good)
        .InterruptOnTheFly()
        .Jump("begin");

    private static void Messages(ScriptAssembler script) => script
        .Label("message")
        .Move(BusPhase.MessageIn, 1, DriverVariables.Message)
        .Jump("disconnect", When.IfData, Disconnect)
        .Interrupt(DriverInterrupt.UnexpectedMessage, When.IfNotData, SaveDataPointer)
        .ClearAck()
        .Jump("dispatch")
        .Label("disconnect")
        .And(Scntl2, ClearSdu)
        .ClearAckAndAttention()
        .WaitDisconnect()
        .Jump("begin");

    // What is left of the block move goes to the task block, and the data pointer to the instruction that will move it. When that instruction
    // itself was interrupted, the place to return to is still there from the first time.
    private static void Mismatch(ScriptAssembler script)
    {
        foreach (var (label, constant) in new[] { ("mismatch-in", DriverVariables.ContinueIn), ("mismatch-out", DriverVariables.ContinueOut) })
        {
            script
                .Label(label)
                .StoreTo(RemainingByteCount, 4, TaskBlock.ContinuationEntry)
                .StoreTo(UpdatedAddress, 4, TaskBlock.ContinuationEntry + 4)
                .MoveToSfbr(InstructionAddress + 1)
                .Jump($"{label}-again", When.IfData, Continuations >> 8)
                .Add(InstructionAddress, 8)
                .AddWithCarry(InstructionAddress + 1, 0)
                .StoreTo(InstructionAddress, 4, TaskBlock.ContinuationReturn)
                .Label($"{label}-again")
                .Load(ScratchB, 4, constant)
                .StoreTo(ScratchB, 4, TaskBlock.DataPointer)
                .Jump("dispatch");
        }
    }

    // More data than the command has room for: incoming data is thrown away; outgoing data cannot be made up.
    private static void Overrun(ScriptAssembler script) => script
        .Label("exhausted")
        .Set(ScratchB + 1, 1)
        .StoreTo(ScratchB + 1, 1, TaskBlock.OverrunFlag)
        .Interrupt(DriverInterrupt.DataOutOverrun, When.IfPhase, BusPhase.DataOut)
        .Move(BusPhase.DataIn, DriverVariables.SinkLength, DriverVariables.Sink)
        .Jump("dispatch");

    private static void DataLists(ScriptAssembler script)
    {
        foreach (var (phase, offset) in new[] { (BusPhase.DataIn, ListIn), (BusPhase.DataOut, ListOut) })
        {
            script.PadTo(offset);
            for (var entry = 0; entry < TaskBlock.Entries; entry++)
                script.ChainedMoveFrom(phase, TaskBlock.EntryOffset(entry));
            script
                .Load(ScratchB, 4, DriverVariables.Exhausted)
                .StoreTo(ScratchB, 4, TaskBlock.DataPointer)
                .Jump("dispatch");
        }
        script.PadTo(Continuations);
        foreach (var (label, phase) in new[] { ("continue-in", BusPhase.DataIn), ("continue-out", BusPhase.DataOut) })
        {
            script
                .Label(label)
                .ChainedMoveFrom(phase, TaskBlock.ContinuationEntry)
                .LoadFrom(ScratchB, 4, TaskBlock.ContinuationReturn)
                .StoreTo(ScratchB, 4, TaskBlock.DataPointer)
                .LoadFrom(Temp, 4, TaskBlock.ContinuationReturn)
                .Return();
        }
    }
}

/// <summary>What the program tells the driver by INT: the value of DSPS.</summary>
internal static class DriverInterrupt
{
    /// <summary>The status in the task block is not GOOD.</summary>
    public const uint StatusNotGood = 1;

    /// <summary>A selected target does not ask for a message.</summary>
    public const uint NoMessageOut = 2;

    /// <summary>A target that has reselected sends no message.</summary>
    public const uint NoMessageAfterReselection = 3;

    /// <summary>A phase that has no place there.</summary>
    public const uint UnexpectedPhase = 4;

    /// <summary>A message that has no place there.</summary>
    public const uint UnexpectedMessage = 5;

    /// <summary>The target wants more data than the client gave.</summary>
    public const uint DataOutOverrun = 6;
}

/// <summary>Where the driver's variables lie in its memory.</summary>
internal static class DriverVariables
{
    /// <summary>Constant: the address of task block 0; the tag goes into its second byte.</summary>
    public const uint TaskBlocks = DriverMemory.StructuresAddress + 0x04;

    /// <summary>Constant: the address of the table of untagged commands, one dword a target; 256-byte aligned.</summary>
    public const uint UntaggedTable = DriverMemory.StructuresAddress + 0x08;

    /// <summary>Constant: <see cref="DriverScripts.ContinueIn"/>.</summary>
    public const uint ContinueIn = DriverMemory.StructuresAddress + 0x0C;

    /// <summary>Constant: <see cref="DriverScripts.ContinueOut"/>.</summary>
    public const uint ContinueOut = DriverMemory.StructuresAddress + 0x10;

    /// <summary>Constant: <see cref="DriverScripts.Exhausted"/>.</summary>
    public const uint Exhausted = DriverMemory.StructuresAddress + 0x14;

    /// <summary>The last message from a target.</summary>
    public const uint Message = DriverMemory.StructuresAddress + 0x20;

    /// <summary>The last status from a target.</summary>
    public const uint Status = DriverMemory.StructuresAddress + 0x28;

    /// <summary>Where data goes that nobody wants.</summary>
    public const uint Sink = DriverMemory.StructuresAddress + 0x6000;

    /// <summary>Bytes of <see cref="Sink"/>.</summary>
    public const int SinkLength = 0x1000;

    /// <summary>The table of untagged commands itself.</summary>
    public const uint UntaggedTableAddress = DriverMemory.StructuresAddress + 0x5800;
}
