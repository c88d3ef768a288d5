using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Kit;

/// <summary>A request that a client of a <see cref="SimulationKit"/> has sent: the handle by which points, holds and expectations name it.</summary>
public abstract class KitRequest
{
    private protected KitRequest(ulong id, string name, object message, Memory<byte> data) => (Id, Name, Message, Data) = (id, name, message, data);

    /// <summary>Its number, from 1 in the order of sending; also its id in the messages.</summary>
    public ulong Id { get; }

    /// <summary>For people: <c>READ(10) LBA 8+8</c>.</summary>
    public string Name { get; }

    /// <summary>What the client said.</summary>
    public object Message { get; }

    /// <summary>The client's buffer.</summary>
    public Memory<byte> Data { get; }

    /// <summary>True when its answer has come.</summary>
    public abstract bool IsAnswered { get; }

    /// <summary>The name that the port gave the command; null before it has one, and for what is no command.</summary>
    public ItlqNexus? Nexus { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => $"#{Id} {Name}";

    /// <summary>The answer has come.</summary>
    internal abstract void Take(object answer);
}

/// <summary>A request with its answer.</summary>
/// <typeparam name="TAnswer">The type of the answer.</typeparam>
public sealed class KitRequest<TAnswer> : KitRequest
    where TAnswer : class
{
    private readonly SimulationKit _kit;
    private TAnswer? _answer;

    internal KitRequest(SimulationKit kit, ulong id, string name, object message, Memory<byte> data = default)
        : base(id, name, message, data) => _kit = kit;

    /// <inheritdoc/>
    public override bool IsAnswered => _answer is not null;

    /// <summary>Its answer: runs the world until it has come.</summary>
    /// <param name="within">Virtual time; a minute when not given.</param>
    /// <exception cref="KitException">It did not come.</exception>
    public TAnswer Answer(TimeSpan? within = null)
    {
        _kit.Await(this, within);
        return _answer!;
    }

    internal override void Take(object answer)
    {
        Invariant.Holds(_answer is null, "a request is answered once");
        _answer = (TAnswer)answer;
    }
}
