using System.Runtime.InteropServices;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Data: what goes to and comes from the initiator and storage, and the buffers it travels in.</summary>
public sealed partial class Judge
{
    private readonly List<(object Loan, byte[] Array, int Start, int Length, bool IsWritten)> _loans = [];
    private readonly Dictionary<byte[], long> _bufferReads = [];

    /// <summary>Send Data-In: the bytes must be right now, and stay so while they are lent.</summary>
    public void Sending(SendDataIn message)
    {
        var command = Transferring(message.Nexus, message.Task, message);
        var bytes = Check(command, message, message.Buffer, message.Offset, message.Count, command.Request.DataInLength);
        Lend(message, message.Buffer.Memory[..message.Count], false);
        var range = CommandRules.Range(command.Cdb);
        if (range.Use == MediumUse.Read)
        {
            if (MemoryMarshal.TryGetArray<byte>(message.Buffer.Memory, out var segment)
                && _bufferReads.TryGetValue(segment.Array!, out var read)
                && read > command.Arrival)
                Runs(command, read);
            JudgeMediumData(command, range, message.Offset, bytes);
        }
        Runs(command, Now);
        if (command.Cdb.OperationCode == 0x03)
            JudgeRequestSense(command, bytes);
        command.DataIn.Position = message.Offset;
        command.DataIn.Write(bytes);
    }

    /// <summary>Data-In Delivered is about to be sent: the lent bytes must be what they were.</summary>
    public void Delivering(SendDataIn message, bool delivered, ulong checksum)
    {
        Divergence.Unless(SimulatedStorage.Checksum(message.Buffer.Span[..message.Count]) == checksum, "lent-buffer",
            $"{message} changed while the port had it");
        var command = EndTransfer(message.Task, message, delivered);
        if (delivered && command is not null)
            command.Delivered += message.Count;
    }

    /// <summary>Receive Data-Out.</summary>
    public void Receiving(ReceiveDataOut message)
    {
        var command = Transferring(message.Nexus, message.Task, message);
        Check(command, message, message.Buffer, message.Offset, message.Count, command.Request.DataOutLength);
        Lend(message, message.Buffer.Memory[..message.Count], true);
        Runs(command, Now);
    }

    /// <summary>Data-Out Received is about to be sent, with the bytes of the command that asked, if it is still there.</summary>
    public void Received(ReceiveDataOut message, bool received)
    {
        var command = EndTransfer(message.Task, message, received);
        if (!received || command is null)
            return;
        command.Supplied += message.Count;
    }

    /// <summary>A request to storage: it must belong to a command, and a write must carry what that command's initiator supplied.</summary>
    public void Submitting(AioRequest request, StorageOperation operation)
    {
        JudgeIsolation(operation);
        switch (request)
        {
            case AioRead read:
                operation.Owner = OwnerOf(read);
                LendAll(read, read.Data, true);
                for (var i = 0; i < read.Data.Count; i++)
                {
                    if (MemoryMarshal.TryGetArray<byte>(read.Data[i], out var segment))
                        _bufferReads[segment.Array!] = Now;
                }
                break;
            case AioWrite write:
                var writer = WriterOf(write);
                operation.Owner = writer?.Serial ?? -1;
                LendAll(write, write.Data, false);
                if (writer is not null)
                    Runs(writer, Now);
                break;
            case AioUnmap unmap:
                operation.Owner = OwnerOf(unmap);
                break;
        }
    }

    /// <summary>A request to storage is about to be answered.</summary>
    public void Answering(AioRequest request) => _loans.RemoveAll(loan => ReferenceEquals(loan.Loan, request));

    private ModelCommand Transferring(ItlqNexus nexus, TaskId task, object message)
    {
        var command = _outstanding.Find(one => one.Task == task);
        if (command is null)
        {
            // Of several with one name it is the latest: those before it are being aborted, or refused.
            command = _outstanding.FindLast(one => one.Task is null && one.Request.Nexus == nexus);
            Divergence.Unless(command is not null, "transfer-owner", $"{message} belongs to no command that is outstanding");
            command.Task = task;
        }
        Divergence.Unless(command.Request.Nexus == nexus, "transfer-owner", $"{message} names the task of {command}");
        command.TransfersUnderWay++;
        return command;
    }

    private ModelCommand? EndTransfer(TaskId task, object message, bool success)
    {
        _loans.RemoveAll(loan => ReferenceEquals(loan.Loan, message));
        var command = _outstanding.Find(one => one.Task == task);
        if (command is null)
            return null;
        command.TransfersUnderWay--;
        command.TransferFailed |= !success;
        return command;
    }

    private static Span<byte> Check(ModelCommand command, object message, DataBuffer buffer, long offset, int count, int room)
    {
        Divergence.Unless(count > 0 && count <= buffer.Length && offset >= 0, "transfer-range",
            $"{message} has no bytes, or more than its buffer");
        Divergence.Unless(room == ScsiCommandReceived.UnknownLength || offset + count <= room, "transfer-range",
            $"{message} goes beyond the {room} bytes that the port has for {command}");
        Divergence.Unless(command.AddPiece(offset, count), "transfer-range", $"{message} transfers bytes of {command} again");
        return buffer.Span[..count];
    }

    private void JudgeMediumData(ModelCommand command, BlockRange range, long offset, ReadOnlySpan<byte> bytes)
    {
        var end = range.Count * (long)_facts.BlockSize;
        Divergence.Unless(offset + bytes.Length <= end, "transfer-range", $"{command} delivers more than {end} bytes");
        while (!bytes.IsEmpty)
        {
            var inside = (int)(offset % _facts.BlockSize);
            var piece = Math.Min(bytes.Length, _facts.BlockSize - inside);
            var block = (long)range.Start + offset / _facts.BlockSize;
            // Pieces that begin inside a block are compared with what the block holds now only when whole; ports cut at block boundaries.
            var isRight = inside == 0
                ? _storage.Held(block, bytes[..piece], command.Arrival)
                : HeldInside(block, inside, bytes[..piece], command.Arrival);
            Divergence.Unless(isRight, "data", $"{command} delivers for block {block} what it has not held since the command came: "
                + Convert.ToHexString(bytes[..Math.Min(piece, 16)]));
            bytes = bytes[piece..];
            offset += piece;
        }
    }

    private bool HeldInside(long block, int at, ReadOnlySpan<byte> bytes, long since)
    {
        foreach (var held in _storage.HeldSince(block, since))
        {
            if (bytes.SequenceEqual(held.AsSpan(at, bytes.Length)))
                return true;
        }
        return false;
    }

    private int OwnerOf(AioRead read)
    {
        var (owner, candidates) = (-1, 0);
        foreach (var command in _outstanding)
        {
            if (!Reaches(command, read.Offset, read.Data.Length))
                continue;
            candidates++;
            owner = command.Serial;
        }
        Divergence.Unless(candidates > 0, "aio-owner", $"{read} belongs to no command");
        return candidates == 1 ? owner : -1;
    }

    private ModelCommand? WriterOf(AioWrite write)
    {
        var repeaters = _outstanding.FindAll(command => CommandRules.Range(command.Cdb).Use == MediumUse.WriteSame
            && Reaches(command, write.Offset, write.Data.Length) && Repeats(write, BlockOf(command)));
        // Zeroes of several commands for the same blocks cannot be told apart.
        if (repeaters.Count > 0)
            return repeaters.Count == 1 ? repeaters[0] : null;
        foreach (var command in _outstanding)
        {
            var range = CommandRules.Range(command.Cdb);
            if (range.Use is not (MediumUse.Write or MediumUse.WriteAndVerify or MediumUse.CompareAndWrite)
                || !Contains(range, write.Offset, write.Data.Length))
                continue;
            var at = write.Offset - (long)range.Start * _facts.BlockSize;
            // Behind the blocks to compare come those to write.
            if (range.Use == MediumUse.CompareAndWrite)
                at += range.Count * (long)_facts.BlockSize;
            if (at + write.Data.Length > command.DataOut.Length || !Carries(write, command.DataOut.AsSpan((int)at)))
                continue;
            command.Stored += write.Data.Length;
            Divergence.Unless(command.Stored <= command.Supplied, "aio-owner", $"{write} writes for {command} more than was supplied");
            JudgeWhole(write, command, range);
            return command;
        }
        Divergence.Unless(_outstanding.Exists(static one => one.Cdb.OperationCode == 0x04), "aio-owner",
            $"{write} carries data that no outstanding command has supplied for these blocks");
        return null;
    }

    private bool Contains(BlockRange range, long offset, long length)
    {
        if (range.Start >= (ulong)_facts.Blocks || range.Count > (ulong)_facts.Blocks)
            return false;
        var start = (long)range.Start * _facts.BlockSize;
        return offset >= start && length <= range.Count * (long)_facts.BlockSize - (offset - start);
    }

    private static bool Carries(AioWrite write, ReadOnlySpan<byte> expected)
    {
        for (var i = 0; i < write.Data.Count; i++)
        {
            var segment = write.Data[i].Span;
            if (!segment.SequenceEqual(expected[..segment.Length]))
                return false;
            expected = expected[segment.Length..];
        }
        return true;
    }

    private void LendAll(object loan, ScatterGatherList list, bool isWritten)
    {
        for (var i = 0; i < list.Count; i++)
            Lend(loan, list[i], isWritten);
    }

    private void Lend(object loan, Memory<byte> memory, bool isWritten)
    {
        Divergence.Unless(MemoryMarshal.TryGetArray<byte>(memory, out var segment), "lent-buffer",
            $"{loan} lends memory that is no array's");
        foreach (var (other, array, start, length, otherIsWritten) in _loans)
        {
            Divergence.Unless(array != segment.Array || start >= segment.Offset + segment.Count || segment.Offset >= start + length
                || (!isWritten && !otherIsWritten), "lent-buffer", $"{loan} lends bytes that are lent already with {other}");
        }
        _loans.Add((loan, segment.Array!, segment.Offset, segment.Count, isWritten));
    }
}
