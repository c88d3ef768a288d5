using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi.Bus;
using ScsiActors.Tests.Machines.Lsi53c895a;

namespace ScsiActors.Tests.Sequences.Lsi;

/// <summary>A host that drives test script T1: posts tasks, takes interrupts, and notes what has completed.</summary>
internal sealed class T1Driver
{
    private const uint FirstBlock = 0x1000;
    private const uint BlockSize = 0x100;

    public T1Driver(BusParameters? parameters = null, ControllerOptions? options = null)
    {
        Bench = new BusBench(parameters, options, 1 << 20);
        TestScript.Load(Bench.Chip);
        Bench.Chip.Write(Reg.Dsp, TestScript.Base, 4);
        Bench.Settle();
    }

    public BusBench Bench { get; }

    public ChipBench Chip => Bench.Chip;

    /// <summary>Tags (or 0 for the untagged task) in the order in which they completed, with their status bytes.</summary>
    public List<(int Tag, byte Status)> Done { get; } = [];

    /// <summary>Arguments of interrupts that are no completion.</summary>
    public List<uint> OtherInterrupts { get; } = [];

    public static uint Block(int tag) => FirstBlock + (uint)tag * BlockSize;

    public static uint Data(int tag) => 0x1_0000 + (uint)tag * 0x4000;

    public void Post(int tag, byte[] message, byte[] cdb, uint count, bool isWrite = false, int target = 0)
    {
        TestScript.WriteTask(Chip, Block(tag), target, message, cdb, Data(tag), count, isWrite);
        if (message.Length < 3)
            Chip.WriteRam((int)TestScript.Untagged, Block(tag));
        TestScript.Post(Chip, Block(tag));
        Chip.Write(Reg.Istat0, Bit.Istat0Sigp);
        Bench.Settle();
        Serve();
    }

    public void PostRead(int tag, int blocks = 1, byte queue = 0x20) => Post(
        tag, [0xC0, queue, (byte)tag], [0x28, 0, 0, 0, 0, (byte)tag, 0, 0, (byte)blocks, 0], (uint)blocks * 512);

    public void PostWrite(int tag, int blocks = 8, byte queue = 0x20)
    {
        for (var i = 0; i < blocks * 512; i++)
            Chip.Memory.Bytes[(int)Data(tag) + i] = BusBench.Pattern((byte)tag, i);
        Post(tag, [0xC0, queue, (byte)tag], [0x2A, 0, 0, 0, 0, (byte)(8 * tag), 0, 0, (byte)blocks, 0], (uint)blocks * 512, isWrite: true);
    }

    /// <summary>Takes interrupts and continues until the program waits.</summary>
    public void Serve()
    {
        Bench.Settle();
        for (var i = 0; i < 100 && (Chip.Read(Reg.Istat0) & Bit.Istat0Dip) != 0; i++)
        {
            var (dstat, sist, dsps) = Bench.TakeInterrupt();
            if (dstat != 0x84 || sist != 0)
                throw new InvalidOperationException($"DSTAT={dstat:X2} SIST={sist:X4}");
            if (dsps == 0xC0)
                Done.Add(((int)((Chip.Read(Reg.Dsa, 4) - FirstBlock) / BlockSize), (byte)Bench.Load(Chip.Read(Reg.Dsa, 4) + 0x24)));
            else
                OtherInterrupts.Add(dsps);
            Bench.Continue();
        }
    }

    public void SendDataIn(int tag, int count)
    {
        Bench.SendDataIn(Bench.Command(tag), count, (byte)tag);
        Serve();
    }

    public void AskForData(int tag, int count)
    {
        Bench.AskForData(Bench.Command(tag), count);
        Serve();
    }

    public void Complete(int tag, ScsiStatus status = ScsiStatus.Good)
    {
        Bench.Complete(Bench.Command(tag), status);
        Serve();
    }

    public bool HasData(int tag, int count)
    {
        var data = Chip.Memory.Bytes.Slice((int)Data(tag), count);
        for (var i = 0; i < count; i++)
        {
            if (data[i] != BusBench.Pattern((byte)tag, i))
                return false;
        }
        return true;
    }
}
