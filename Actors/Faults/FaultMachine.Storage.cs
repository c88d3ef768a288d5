using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Faults;

/// <summary>Storage, and what a simulated disk can be told.</summary>
internal sealed partial class FaultMachine<TActor>
{
    private const int DefaultTearingUnit = 512;

    private readonly Dictionary<string, FaultInjection> _overlays = [];

    // Blocks on which an older write has landed on top, until they are written again.
    private readonly List<(TActor Disk, DiskOverlay Overlay)> _reordered = [];

    private bool Pass(TActor from, TActor to, AioRequest request, ref object message)
    {
        var unit = Unit(PlaceOf(to));
        if (unit.UnpluggedUntil > _now)
        {
            unit.Unplugged!.Acted++;
            return Answer(from, to, request, AioResult.Unavailable, 0);
        }
        var subject = Subject(request, unit);
        if (request is AioWrite && subject.Blocks > 0)
        {
            Rewritten(subject);
            if (_reordered.Count > 0)
                OrderAgain(from, to, (AioWrite)request);
        }
        return Decide(FaultPoint.StorageRequest, subject, from, to, request, ref message);
    }

    private FaultSubject Subject(AioRequest request, UnitTrack unit)
    {
        var (operation, offset, bytes) = request switch
        {
            AioRead read => (FaultOperation.Read, read.Offset, read.Data.Length),
            AioWrite write => (FaultOperation.Write, write.Offset, write.Data.Length),
            AioUnmap unmap => (FaultOperation.Unmap, unmap.Offset, unmap.Length),
            _ => (FaultOperation.Flush, -1L, 0L),
        };
        var size = unit.Facts.BlockSize;
        return new FaultSubject(unit.Facts.Target, unit.Facts.Lun)
        {
            Operation = operation, Aio = request.Id, Bytes = bytes, Depth = unit.Storage.Count,
            Lba = offset < 0 ? -1 : offset / size, Blocks = (bytes + size - 1) / size,
        };
    }

    // Storage is not told which command a request serves; the blocks tell.
    private ScsiCommandReceived? CommandOf(in FaultSubject subject)
    {
        foreach (var command in _commands.Values)
        {
            var candidate = command.Command;
            if (candidate.Nexus.It.TargetPort == subject.Target && candidate.Nexus.Lun.Number == subject.Lun
                && CommandTable.TryGetBlocks(candidate.Cdb, out var lba, out var count)
                && subject.Lba >= lba && subject.Lba < lba + count
                && (subject.Operation == FaultOperation.Write) == FaultCommands.HasDataOut(candidate.Cdb.OperationCode))
                return candidate;
        }
        return null;
    }

    private void OrderAgain(TActor queue, TActor disk, AioWrite write)
    {
        for (var i = _reordered.Count - 1; i >= 0; i--)
        {
            var (where, overlay) = _reordered[i];
            if (!where.Equals(disk) || write.Offset >= overlay.Offset + overlay.Length || overlay.Offset >= write.Offset + write.Data.Length)
                continue;
            Tell(disk, new LiftOverlay(overlay.Id), queue);
            _reordered.RemoveAt(i);
        }
    }

    private void Rewritten(in FaultSubject subject)
    {
        foreach (var rule in _byPoint[(int)FaultPoint.StorageRequest])
        {
            if (rule.Rule is { Where: FaultWhere.Aio, What.ClearedByRewrite: true }
                && (rule.Rule.When.Target ?? subject.Target) == subject.Target && (rule.Rule.When.Lun ?? subject.Lun) == subject.Lun)
                rule.Rewritten(subject.Lba, subject.Blocks);
        }
    }

    /// <summary>Answers in place of storage; the answer passes the queue's door like any other.</summary>
    private bool Answer(TActor queue, TActor storage, AioRequest request, AioResult result, long bytes)
    {
        Unit(PlaceOf(storage)).Storage.Remove(request.Id);
        var completed = new AioCompleted(request.Id, result, bytes);
        SeeStorageAnswer(PlaceOf(storage), completed);
        Tell(queue, completed, storage);
        return false;
    }

    private void SeeStorageAnswer(FaultPlace place, AioCompleted completed)
    {
        if (completed.Result != AioResult.Ok)
            Notice(injection => injection.Hit.Aio == completed.Id && injection.Hit.Target == place.Target && injection.Hit.Lun == place.Lun,
                "request queue", FaultNames.Of(completed.Result));
    }

    private bool ActOnStorageRequest(in FaultAct act, ref object message)
    {
        var request = (AioRequest)act.Message;
        var track = Unit(act.Subject.Target, act.Subject.Lun).Storage[request.Id];
        switch (act.Effect.What, request)
        {
            case (FaultWhat.MediumError, _):
                return Answer(act.From, act.To, request, request is AioRead ? AioResult.ReadError : AioResult.WriteError, GoodBytes(act));
            case (FaultWhat.LostWrite, AioWrite write):
                return Answer(act.From, act.To, request, AioResult.Ok, write.Data.Length);
            case (FaultWhat.FlushLie, _):
                return Answer(act.From, act.To, request, AioResult.Ok, 0);
            case (FaultWhat.Unplug, _):
                UnplugStorage(act);
                return Answer(act.From, act.To, request, AioResult.Unavailable, 0);
            case (FaultWhat.MisdirectedWrite, AioWrite write):
                message = write with { Offset = TargetOf(act, write) };
                return true;
            case (FaultWhat.TornWrite, AioWrite write):
                var unit = act.Effect.Unit ?? DefaultTearingUnit;
                var units = (write.Data.Length + unit - 1) / unit;
                track.ReportBytes = write.Data.Length;
                var landed = Math.Min(write.Data.Length - 1, unit * (units > 2 ? act.State.Random.Between(1, units - 1) : 1));
                message = write with { Data = FaultData.First(write.Data, landed) };
                return true;
            case (FaultWhat.BitFlip, AioWrite write):
                FaultData.Flip(write.Data, BitOf(act, write.Data.Length));
                return true;
            case (FaultWhat.BitFlip, AioRead read):
                track.FlipBit = BitOf(act, read.Data.Length);
                return true;
            default:
                return true;
        }
    }

    // Bytes before the first bad block.
    private long GoodBytes(in FaultAct act)
    {
        if (act.State.BadBlocks.Count == 0)
            return 0;
        var subject = act.Subject;
        var first = act.State.BadBlocks.Where(blocks => blocks.Overlap(subject.Lba, subject.Blocks)).Min(static blocks => blocks.First);
        return Math.Max(0, first - subject.Lba) * Unit(subject.Target, subject.Lun).Facts.BlockSize;
    }

    private long TargetOf(in FaultAct act, AioWrite write)
    {
        var facts = Unit(act.Subject.Target, act.Subject.Lun).Facts;
        var blocks = write.Data.Length / facts.BlockSize;
        if (act.Effect.To is { } to)
            return Math.Max(0, Math.Min(to, facts.Blocks - blocks)) * facts.BlockSize;
        // Elsewhere is not here: drawn from what remains without the write's own first block.
        var elsewhere = act.State.Random.Below(Math.Max(1, Math.Min(facts.Blocks, 1L << 40) - blocks));
        return (elsewhere >= act.Subject.Lba ? elsewhere + 1 : elsewhere) * facts.BlockSize;
    }

    private void UnplugStorage(in FaultAct act)
    {
        var unit = Unit(act.Subject.Target, act.Subject.Lun);
        unit.UnpluggedUntil = _now + act.Effect.For!.Value;
        unit.Unplugged = act.Injection;
    }

    private bool Pass(TActor from, TActor to, AioCompleted completed, ref object message)
    {
        var unit = Unit(PlaceOf(to));
        if (!unit.Storage.TryGetValue(completed.Id, out var track) || track.Withheld is not null)
            return true;
        if (unit.UnpluggedUntil > _now)
            message = completed = new AioCompleted(completed.Id, AioResult.Unavailable, 0);
        else if (completed.Result == AioResult.Ok && track.ReportBytes is { } bytes)
            message = completed = completed with { Bytes = bytes };
        if (completed.Result == AioResult.Ok && track is { FlipBit: { } bit, Request: AioRead read })
            FaultData.Flip(read.Data, bit);
        SeeStorageAnswer(PlaceOf(to), completed);
        var isPassing = Decide(FaultPoint.StorageAnswer, Subject(track.Request, unit), from, to, message, ref message);
        if (track.Withheld is null)
            unit.Storage.Remove(completed.Id);
        return isPassing;
    }

    private bool ActOnStorageAnswer(in FaultAct act, ref object message)
    {
        var completed = (AioCompleted)act.Message;
        var unit = Unit(act.Subject.Target, act.Subject.Lun);
        unit.Storage[completed.Id].Withheld = completed;
        message = completed with { Id = completed.Id with { Generation = completed.Id.Generation + 1 } };
        return true;
    }

    private bool Pass(TActor from, TActor to, AioCancel cancel, ref object message)
    {
        var unit = Unit(PlaceOf(to));
        if (!unit.Storage.TryGetValue(cancel.Id, out var track))
            return true;
        if (!Decide(FaultPoint.StorageCancel, Subject(track.Request, unit), from, to, cancel, ref message))
            return false;
        Notice(injection => injection.Hit.Aio == cancel.Id && injection.Hit.Target == unit.Facts.Target && injection.Hit.Lun == unit.Facts.Lun,
            "initiator", "cancel");
        if (track.Withheld is not { } withheld)
            return true;
        unit.Storage.Remove(cancel.Id);
        Tell(from, withheld, to);
        return false;
    }

    // ---- in a simulated disk: the fault is laid over what the request touches, just ahead of it

    private bool ActInDisk(in FaultAct act)
    {
        var (disk, queue, effect) = (act.To, act.From, act.Effect);
        switch (effect.What)
        {
            case FaultWhat.SlowDown:
                Tell(disk, new SlowDown(effect.Factor!.Value), queue);
                if (effect.For is { } slow)
                    Tell(disk, new SlowDown(1), queue, slow);
                break;
            case FaultWhat.CacheSize:
                Tell(disk, new LimitCache(effect.Bytes), queue);
                if (effect.For is { } small)
                    Tell(disk, new LimitCache(null), queue, small);
                break;
            case FaultWhat.PowerCut:
                Tell(disk, new PowerOff(effect.Unit ?? DefaultTearingUnit), queue);
                Tell(disk, new PowerOn(), queue, effect.For!.Value);
                break;
            default:
                foreach (var overlay in OverlaysOf(act))
                {
                    _overlays[overlay.Id] = act.Injection;
                    if (effect.What == FaultWhat.ReorderedWrite)
                        _reordered.Add((disk, overlay));
                    Tell(disk, new InjectOverlay(overlay), queue);
                }
                break;
        }
        return true;
    }

    private IEnumerable<DiskOverlay> OverlaysOf(FaultAct act)
    {
        var facts = Unit(act.Subject.Target, act.Subject.Lun).Facts;
        var (effect, subject, size) = (act.Effect, act.Subject, facts.BlockSize);
        var damage = effect.What switch
        {
            FaultWhat.MediumError when subject.Operation == FaultOperation.Write => DiskDamage.WriteError,
            FaultWhat.MediumError => DiskDamage.ReadError,
            FaultWhat.BitFlip => DiskDamage.BitFlip,
            FaultWhat.TornWrite => DiskDamage.TornWrite,
            FaultWhat.LostWrite => DiskDamage.LostWrite,
            FaultWhat.MisdirectedWrite => DiskDamage.MisdirectedWrite,
            FaultWhat.StaleRead or FaultWhat.ReorderedWrite => DiskDamage.StaleRead,
            _ => DiskDamage.FlushLie,
        };
        // A rewrite can only clear what stays: then all of the rule's blocks are bad from now on, once and for all.
        var ranges = effect.ClearedByRewrite ? act.State.Rule.When.Blocks
            : subject.Lba < 0 ? [new FaultBlocks(0, facts.Blocks - 1)]
            : [new FaultBlocks(subject.Lba, subject.Lba + subject.Blocks - 1)];
        foreach (var blocks in ranges)
        {
            yield return new DiskOverlay($"{act.State.Rule.Name} #{act.Injection.Id} {blocks}", damage, blocks.First * size, (blocks.Last - blocks.First + 1) * size)
            {
                IsClearedByRewrite = effect.ClearedByRewrite,
                Accesses = effect.ClearedByRewrite || effect.What == FaultWhat.ReorderedWrite ? long.MaxValue : 1,
                TearingUnit = effect.Unit ?? DefaultTearingUnit,
                Target = effect.To is { } to ? to * size : -1,
                Bit = effect.Bit ?? -1,
            };
        }
        if (effect.ClearedByRewrite)
            act.State.Spend();
    }

    // The disk answers who laid the fault: in the name of the queue, which has not asked.
    private bool PassToNobody(TActor from, object message)
    {
        if (message is DiskControlled { Control: InjectOverlay inject, Refusal: { } refusal } && _overlays.TryGetValue(inject.Overlay.Id, out var refused))
            refused.Add(new FaultNotice(_now, "disk", $"refused: {refusal}"));
        if (message is OverlayHit hit && _overlays.TryGetValue(hit.Id, out var injection))
        {
            var size = Unit(PlaceOf(from)).Facts.BlockSize;
            var (first, end) = (hit.Offset / size, (hit.Offset + hit.Length + size - 1) / size);
            // One that hits more than once, perhaps in pieces, has hit all of it; the first time is its injection.
            if (injection.Acted++ > 1)
                (first, end) = (Math.Min(first, injection.Hit.Lba), Math.Max(end, injection.Hit.Lba + injection.Hit.Blocks));
            injection.Hit = injection.Hit with { Aio = hit.Request, Lba = first, Blocks = end - first };
        }
        return false;
    }
}
