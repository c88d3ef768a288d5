using ScsiActors.Host.Bench;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Interop.Machines;

/// <summary>The messages of the bench's ways to storage.</summary>
public sealed class WayTests
{
    private static readonly CommandExecuted Good = new(4, CommandOutcome.Complete, ScsiStatus.Good, null, 0);

    private readonly ScsiWayIn _scsi = new(target: 2, blockLength: 512);

    [Fact]
    public void Scsi_writes_are_commands_to_their_target()
    {
        var command = Assert.IsType<ExecuteCommand>(_scsi.Request(4, isWrite: true, 8192, new byte[4096]));

        Assert.Equal((4UL, 2, DataDirection.Out, 4096), (command.Id, command.Target, command.Direction, command.Data.Length));
        Assert.Equal(((byte)0x2A, 16u, (ushort)8), (command.Cdb.OperationCode, command.Cdb.UInt32(2), command.Cdb.UInt16(7)));
    }

    [Fact]
    public void A_scsi_error_is_told_in_words()
    {
        var sense = new SenseData(SenseKey.MediumError, new AdditionalSense(0x0C, 0x00)) { Information = 16 };

        Assert.True(_scsi.TryRead(Good with { Status = ScsiStatus.CheckCondition, Sense = sense }, out var answer));

        Assert.Equal(new WayAnswer(4, "CHECK CONDITION, MEDIUM ERROR: write error (0c/00), block 16"), answer);
    }

    [Fact]
    public void A_unit_attention_is_no_error()
    {
        var sense = new SenseData(SenseKey.UnitAttention, new AdditionalSense(0x29, 0x01));

        Assert.True(_scsi.TryRead(Good with { Status = ScsiStatus.CheckCondition, Sense = sense }, out var answer));

        Assert.Equal(new WayAnswer(4, null), answer);
    }

    [Fact]
    public void Bare_requests_use_a_slot_again_with_a_generation_of_its_own()
    {
        var way = new AioWayIn();

        var first = Assert.IsType<AioWrite>(way.Request(3, isWrite: true, 512, new byte[512]));
        var second = Assert.IsType<AioRead>(way.Request(3, isWrite: false, 512, new byte[512]));

        Assert.Equal((3, 3, 512L), (first.Id.Slot, second.Id.Slot, second.Data.Length));
        Assert.NotEqual(first.Id.Generation, second.Id.Generation);
    }

    [Fact]
    public void Bare_errors_are_told_and_what_is_no_answer_is_left_alone()
    {
        var way = new AioWayIn();

        Assert.True(way.TryRead(new AioCompleted(new AioId(3, 1), AioResult.NoSpace, 0), out var answer));
        Assert.Equal(new WayAnswer(3, "storage answered NoSpace"), answer);
        Assert.False(way.TryRead(AioOpen.Instance, out _));
    }
}
