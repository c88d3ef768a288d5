using ScsiActors.Messages;

namespace ScsiActors.Requests;

/// <summary>Bounds what storage is asked to do at once. Requests leave in the order they came; a request is answered exactly once, and an
/// answer to a request that is not outstanding is dropped.
/// <para>A flush is no barrier here: it covers every write that had completed when it came, storage has those, and the writes that are
/// still outstanding promise nothing.</para></summary>
/// <param name="settings">The bounds.</param>
/// <param name="ports">How the queue acts.</param>
public sealed partial class RequestQueue<TClient>(RequestQueueSettings settings, IRequestQueuePorts<TClient> ports) where TClient : class
{
    private const int MaxSlots = 1 << 20;
    private const int None = -1;

    private enum Stage : byte { Free, Queued, InFlight }

    private enum Storage : byte { Opening, Open, Lost }

    /// <summary>A request while it is here; the queued ones are a doubly linked list, so that a cancel takes one out of the middle.</summary>
    private struct Slot
    {
        public Stage Stage;
        public uint Generation;
        public int Epoch;
        public int Previous;
        public int Next;
        public AioRequest? Request;
        public TClient? Client;
    }

    /// <summary>Somebody who waits until the epoch that his drain ended is over.</summary>
    private struct Drain
    {
        public TClient Client;
        public int Outstanding;
    }

    private static readonly AioOpened Unopened = new(AioResult.Unavailable, 0, IsReadOnly: false, CanUnmap: false, "stopped before it had opened");

    private readonly List<TClient> _openWaiters = [];
    private readonly List<Drain> _drains = [];
    private Slot[] _slots = new Slot[64];
    private int _first = None;
    private int _last = None;
    private int _epoch;
    private int _outstandingInEpoch;
    private Storage _storage = Storage.Opening;
    private AioOpened? _opened;

    /// <summary>Requests that storage has.</summary>
    public int InFlight { get; private set; }

    /// <summary>Requests that wait for a place in storage.</summary>
    public int Queued { get; private set; }

    /// <summary>Asks the storage to open; requests wait until it has answered.</summary>
    public void Start() => ports.Open(AioOpen.Instance);

    /// <summary>Takes a request: submits it, queues it, or ends it at once as Busy or Unavailable.</summary>
    public void Handle(AioRequest request, TClient client)
    {
        ref var slot = ref SlotFor(request.Id.Slot);
        Invariant.Holds(slot.Stage == Stage.Free, "a slot is used again only after its completion");
        if (_storage == Storage.Lost)
        {
            ports.Complete(client, new AioCompleted(request.Id, AioResult.Unavailable, 0));
            return;
        }
        var submit = _storage == Storage.Open && InFlight < settings.MaxInFlight;
        if (!submit && Queued >= settings.MaxQueued)
        {
            ports.Complete(client, new AioCompleted(request.Id, AioResult.Busy, 0));
            return;
        }
        slot.Generation = request.Id.Generation;
        slot.Client = client;
        slot.Epoch = _epoch;
        _outstandingInEpoch++;
        if (submit)
        {
            slot.Stage = Stage.InFlight;
            InFlight++;
            ports.Submit(request);
            return;
        }
        slot.Request = request;
        Append(request.Id.Slot);
    }

    /// <summary>Ends a queued request at once; a request in flight is the storage's to give up. A cancel of anything else is late and dropped.</summary>
    public void Handle(AioCancel cancel)
    {
        if (!IsCurrent(cancel.Id))
            return;
        if (_slots[cancel.Id.Slot].Stage == Stage.InFlight)
        {
            ports.Cancel(cancel);
            return;
        }
        Remove(cancel.Id.Slot);
        End(new AioCompleted(cancel.Id, AioResult.Cancelled, 0));
    }

    /// <summary>Passes a completion to the client whose request it is, and gives its place to the next request.</summary>
    public void Handle(AioCompleted completed)
    {
        if (!IsCurrent(completed.Id) || _slots[completed.Id.Slot].Stage != Stage.InFlight)
            return;
        InFlight--;
        End(completed);
        if (_first != None)
            SubmitQueued();
    }

    /// <summary>Tells the client what the storage is, as soon as that is known.</summary>
    public void Handle(AioOpen open, TClient client)
    {
        if (_opened is not null)
        {
            ports.Opened(client, _opened);
            return;
        }
        Invariant.Holds(_openWaiters.Count <= settings.MaxQueued, "a client asks once and waits");
        _openWaiters.Add(client);
    }

    /// <summary>Remembers what the storage is, and starts what has waited for it.</summary>
    public void Handle(AioOpened opened)
    {
        if (_storage != Storage.Opening)
            return;
        _opened = opened;
        _storage = Storage.Open;
        foreach (var client in _openWaiters)
            ports.Opened(client, opened);
        _openWaiters.Clear();
        if (opened.Result == AioResult.Ok)
            SubmitQueued();
        else
            Lose();
    }

    /// <summary>Tells the client when everything that is outstanding now has completed.</summary>
    public void Handle(AioDrain drain, TClient client)
    {
        if (_outstandingInEpoch == 0 && _drains.Count == 0)
        {
            ports.Drained(client, AioDrained.Instance);
            return;
        }
        Invariant.Holds(_drains.Count <= settings.MaxQueued, "a client drains once and waits");
        _drains.Add(new Drain { Client = client, Outstanding = _outstandingInEpoch });
        _epoch++;
        _outstandingInEpoch = 0;
    }

    /// <summary>The storage has stopped: nothing more can be submitted. What is in flight is still completed by it, or ended by
    /// <see cref="AioClosed"/>; until then its buffers may be in use. Storage that stopped before it had opened has nothing in flight.</summary>
    public void StorageStopped()
    {
        if (_storage == Storage.Opening)
            Handle(Unopened);
        else
            LoseOpened();
    }

    /// <summary>The storage uses no buffer any more: ends everything that is left.</summary>
    public void Handle(AioClosed closed)
    {
        LoseOpened();
        for (var i = 0; i < _slots.Length && InFlight > 0; i++)
        {
            if (_slots[i].Stage != Stage.InFlight)
                continue;
            InFlight--;
            End(new AioCompleted(new AioId(i, _slots[i].Generation), AioResult.Unavailable, 0));
        }
    }

    private void LoseOpened()
    {
        _opened = (_opened ?? Unopened) with { Result = AioResult.Unavailable, Description = "stopped" };
        Lose();
    }

    private void Lose()
    {
        _storage = Storage.Lost;
        while (_first != None)
        {
            var slot = _first;
            Remove(slot);
            End(new AioCompleted(new AioId(slot, _slots[slot].Generation), AioResult.Unavailable, 0));
        }
    }

    private void SubmitQueued()
    {
        while (_storage == Storage.Open && _first != None && InFlight < settings.MaxInFlight)
        {
            ref var slot = ref _slots[_first];
            var request = slot.Request!;
            Remove(_first);
            slot.Stage = Stage.InFlight;
            slot.Request = null;
            InFlight++;
            ports.Submit(request);
        }
    }

    private void End(AioCompleted completed)
    {
        ref var slot = ref _slots[completed.Id.Slot];
        var client = slot.Client!;
        var epoch = slot.Epoch;
        slot.Stage = Stage.Free;
        slot.Request = null;
        slot.Client = null;
        ports.Complete(client, completed);
        if (epoch == _epoch)
            _outstandingInEpoch--;
        else
            EndOld(epoch);
    }

    private void EndOld(int epoch)
    {
        // The last of the drains closed the epoch before the current one, and so on backwards.
        var index = _drains.Count - (_epoch - epoch);
        var drain = _drains[index];
        drain.Outstanding--;
        _drains[index] = drain;
        while (_drains.Count > 0 && _drains[0].Outstanding == 0)
        {
            var client = _drains[0].Client;
            _drains.RemoveAt(0);
            ports.Drained(client, AioDrained.Instance);
        }
    }

    private bool IsCurrent(AioId id) => (uint)id.Slot < (uint)_slots.Length
        && _slots[id.Slot].Stage != Stage.Free && _slots[id.Slot].Generation == id.Generation;

    private ref Slot SlotFor(int index)
    {
        if ((uint)index >= (uint)_slots.Length)
        {
            Invariant.Holds((uint)index < MaxSlots, "slots are numbered from 0 and used again");
            Array.Resize(ref _slots, Math.Max(_slots.Length * 2, index + 1));
        }
        return ref _slots[index];
    }

    private void Append(int index)
    {
        ref var slot = ref _slots[index];
        slot.Stage = Stage.Queued;
        slot.Previous = _last;
        slot.Next = None;
        if (_last == None)
            _first = index;
        else
            _slots[_last].Next = index;
        _last = index;
        Queued++;
    }

    private void Remove(int index)
    {
        ref var slot = ref _slots[index];
        if (slot.Previous == None)
            _first = slot.Next;
        else
            _slots[slot.Previous].Next = slot.Next;
        if (slot.Next == None)
            _last = slot.Previous;
        else
            _slots[slot.Next].Previous = slot.Previous;
        Queued--;
    }
}
