using System.Numerics;
using Akka.Actor;
using ScsiActors.Messages;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Simulation.Kit;

// The power of simulated disks.
public sealed partial class SimulationKit
{
    /// <summary>What the name of the client begins with that cuts the power.</summary>
    internal const string PowerSwitch = CampaignClientActor.NamePrefix + Power;

    private const string Power = "power";

    private readonly Dictionary<DiskControl, DiskControlled> _controlled = new(ReferenceEqualityComparer.Instance);
    private readonly List<ArmedPowerCut> _armed = [];
    private IActorRef? _switch;

    /// <summary>Cuts the power of a simulated disk now: what is outstanding there ends as unavailable, and what was only in its volatile cache may be
    /// lost.</summary>
    /// <param name="target">The target.</param>
    /// <param name="lun">The logical unit.</param>
    /// <param name="tearingUnit">Bytes that land together or not at all; 0: only whole writes.</param>
    /// <exception cref="KitException">The disk refused, because it is no simulated one for instance.</exception>
    public PowerCut PowerCut(int target = 0, int lun = 0, int tearingUnit = 512)
    {
        var cut = new PowerOff(tearingUnit);
        Control(target, lun, cut);
        return _controlled[cut].Cut!;
    }

    /// <summary>Gives the power back, with one of the images that the cut may have left.</summary>
    /// <param name="target">The target.</param>
    /// <param name="lun">The logical unit.</param>
    /// <param name="image">From 0 (nothing of the volatile writes landed) to the highest (all did); null draws one.</param>
    /// <exception cref="KitException">The disk refused.</exception>
    public void PowerOn(int target = 0, int lun = 0, BigInteger? image = null) => Control(target, lun, new PowerOn(image));

    /// <summary>Cuts the power of a simulated disk as soon as it has done so many further writes.</summary>
    /// <param name="writes">1 or more.</param>
    /// <param name="target">The target.</param>
    /// <param name="lun">The logical unit.</param>
    /// <param name="tearingUnit">Bytes that land together or not at all; 0: only whole writes.</param>
    public ArmedPowerCut PowerCutAfter(int writes, int target = 0, int lun = 0, int tearingUnit = 512)
    {
        var cut = new ArmedPowerCut(this, NameOf(target, lun), new PowerOff(tearingUnit), writes);
        _armed.Add(cut);
        return cut;
    }

    /// <summary>Runs until the power is off.</summary>
    internal PowerCut Await(ArmedPowerCut cut, TimeSpan? within)
    {
        var from = _seen.Count;
        if (!Pump(() => cut.IsDone, within))
            throw Failure($"The disk did {cut.Left} writes too few for the power cut within {TextOf(within ?? Patience)}.", [], from);
        return CutOf(cut)!;
    }

    /// <summary>What a cut can have left; null before it.</summary>
    internal PowerCut? CutOf(ArmedPowerCut cut) => _controlled.GetValueOrDefault(cut.Control)?.Cut;

    private static string NameOf(int target, int lun) => $"target-{target}-lun-{lun}-aio";

    private void Control(int target, int lun, DiskControl control)
    {
        Tell(NameOf(target, lun), control);
        var from = _seen.Count;
        if (!Pump(() => _controlled.ContainsKey(control), null))
            throw Failure($"{control.GetType().Name} was not answered.", [], from);
        if (_controlled[control].Refusal is { } refusal)
            throw new KitException($"{control.GetType().Name} was refused: {refusal}.");
    }

    private void Tell(string storage, DiskControl control) => _filter.Find(storage).Tell(control, _switch ??= NewClient(Power));

    // The cut follows the completion: the disk has it before any request that this one makes possible.
    private void CountDownPower(string from, string to, object message)
    {
        if (_armed.Count == 0 || message is not AioCompleted { Result: AioResult.Ok } completed || !IsWrite(from, completed.Id))
            return;
        foreach (var cut in _armed.Where(cut => cut.Storage == from && --cut.Left == 0).ToList())
        {
            _armed.Remove(cut);
            Tell(from, cut.Control);
        }
    }

    private bool IsWrite(string storage, AioId id) =>
        _seen.FindLast(seen => seen.To == storage && seen.Message is AioRequest request && request.Id == id)?.Message is AioWrite;
}

/// <summary>A power cut that waits for its moment.</summary>
public sealed class ArmedPowerCut
{
    private readonly SimulationKit _kit;

    internal ArmedPowerCut(SimulationKit kit, string storage, PowerOff control, int left) => (_kit, Storage, Control, Left) = (kit, storage, control, left);

    /// <summary>True when the power is off.</summary>
    public bool IsDone => _kit.CutOf(this) is not null;

    internal string Storage { get; }

    internal PowerOff Control { get; }

    /// <summary>Writes that are still to be done before.</summary>
    public int Left { get; internal set; }

    /// <summary>Runs until the power is off.</summary>
    /// <param name="within">Virtual time; a minute when not given.</param>
    /// <exception cref="KitException">The disk did not do so many writes in time.</exception>
    public PowerCut Await(TimeSpan? within = null) => _kit.Await(this, within);
}
