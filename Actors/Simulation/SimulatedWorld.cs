using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using ScsiActors.Dispatch;
using ScsiActors.Messages;

namespace ScsiActors.Simulation;

/// <summary>How a <see cref="SimulatedWorld"/> is made.</summary>
/// <param name="Seed">Decides every choice.</param>
public sealed record SimulationOptions(ulong Seed)
{
    /// <summary>In which order actors get their turns.</summary>
    public TurnOrderKind Order { get; init; } = TurnOrderKind.Fifo;

    /// <summary>The turns that deviate from <see cref="TurnOrderKind.Fifo"/>, in the order of their choices; they take the place of
    /// <see cref="Order"/>. Empty for none.</summary>
    public IReadOnlyList<TurnDeviation> Deviations { get; init; } = [];

    /// <summary>What turns cost; null when they take no time.</summary>
    public ITurnCosts? Costs { get; init; }

    /// <summary>Laid over what the world itself needs.</summary>
    public Config Config { get; init; } = ConfigurationFactory.Empty;
}

/// <summary>An actor system of its own whose turns and time are one seed's: the same seed and the same calls give the same run, in every process, on
/// either engine. It runs only inside the methods of this class, on the thread that made it.</summary>
public sealed class SimulatedWorld : IDisposable
{
    private readonly SimulationKernel _kernel;
    private int _probes;

    /// <summary>Starts the system; its own actors have settled when this returns.</summary>
    public SimulatedWorld(SimulationOptions options)
    {
        Random = new RandomStreams(options.Seed);
        System = ActorSystem.Create("simulation", options.Config.WithFallback(OwnConfig()));
        _kernel = ((SimulatedScheduler)System.Scheduler).Kernel;
        RunUntilIdle();
        _kernel.Costs = options.Costs;
        _kernel.UseOrder(options.Deviations.Count > 0 ? new DeviatingOrder(options.Deviations) : TurnOrders.Create(options.Order, Random["turns"]));
    }

    /// <summary>The system.</summary>
    public ActorSystem System { get; }

    /// <summary>The random streams of its seed; <c>turns</c> belongs to the order of turns.</summary>
    public RandomStreams Random { get; }

    /// <summary>The time since the start.</summary>
    public TimeSpan Now => new(_kernel.Now);

    /// <summary>Messages that have been handled.</summary>
    public long Turns => _kernel.Turns;

    /// <summary>A hash of who handled what kind of message when.</summary>
    public ulong Hash => _kernel.Hash;

    /// <summary>The turns so far that have deviated from the order in which actors became ready: with them as <see cref="SimulationOptions.Deviations"/> the same
    /// calls give the same run.</summary>
    public IReadOnlyList<TurnDeviation> Deviations => _kernel.Deviations;

    /// <summary>The users' actors there are, in the order in which they were first sent something.</summary>
    public IEnumerable<IActorRef> Actors => _kernel.Actors;

    /// <summary>Asks an actor what it holds (<see cref="DescribeState"/>), outside of time: the run goes on as if nobody had asked.</summary>
    /// <returns>Null when it has nothing to say.</returns>
    public StateDescribed? Describe(IActorRef actor) => _kernel.Peek(actor, DescribeState.Instance) as StateDescribed;

    /// <summary>What may exchange or keep messages on their way, and as an <see cref="IPartFilter"/> at their receivers' doors; null for none.</summary>
    public IMessageFilter? Filter
    {
        get => _kernel.Filter;
        set => _kernel.Filter = value;
    }

    /// <summary>Is told of each message when it is sent, what a filter kept excepted: time, sender, receiver, message.</summary>
    public Action<TimeSpan, IActorRef, IActorRef, object>? Sent
    {
        get => _kernel.Sent;
        set => _kernel.Sent = value;
    }

    /// <summary>The number of the message in whose handling the caller is; -1 for one without a number, and outside of all turns.</summary>
    public long Handling => _kernel.Handling;

    /// <summary>Inside a call of <see cref="Sent"/>: gives the message a number, which <see cref="Handling"/> is when its turn has come.</summary>
    public void GiveNumber(long number) => _kernel.Number = number;

    /// <summary>A new probe.</summary>
    public WorldProbe Probe() => new(this, ++_probes);

    /// <summary>Runs until nobody has anything to do before the next timer.</summary>
    public void RunUntilIdle()
    {
        while (!_kernel.IsIdle)
            _ = _kernel.Step(_kernel.Now);
        CheckThreads();
    }

    /// <summary>Runs for a span of virtual time; what is due at its end has happened.</summary>
    public void Advance(TimeSpan span) => RunTo(Now + span);

    /// <summary>Runs to a time since the start.</summary>
    public void RunTo(TimeSpan time)
    {
        while (_kernel.Step(time.Ticks))
        {
        }
        _kernel.AdvanceTo(time.Ticks);
        CheckThreads();
    }

    /// <summary>Runs, one turn or timer after the other, until a condition holds.</summary>
    /// <param name="condition">Looked at before every step.</param>
    /// <param name="limit">The span of virtual time after which it is given up.</param>
    /// <returns>True when it holds; false when the limit was reached, which then is the time.</returns>
    public bool AdvanceUntil(Func<bool> condition, TimeSpan limit)
    {
        var until = (Now + limit).Ticks;
        bool holds;
        while (!(holds = condition()) && _kernel.Step(until))
        {
        }
        if (!holds)
            _kernel.AdvanceTo(until);
        CheckThreads();
        return holds;
    }

    /// <summary>Ends the system.</summary>
    public void Dispose()
    {
        _kernel.Filter = null;
        _ = System.Terminate();
        while (!_kernel.IsIdle)
            _ = _kernel.Step(_kernel.Now);
    }

    private void CheckThreads() =>
        Invariant.Holds(_kernel.ForeignThreads == 0, "a simulation is run by one thread");

    private static Config OwnConfig()
    {
        var assembly = typeof(SimulatedWorld).Assembly.GetName().Name;
        return ConfigurationFactory.ParseString($$"""
            akka {
              stdout-loglevel = OFF
              loglevel = OFF
              log-dead-letters = off
              loggers = ["{{typeof(SilentLogger).FullName}}, {{assembly}}"]
              stdout-logger-class = "{{typeof(SilentLogger).FullName}}, {{assembly}}"
              scheduler.implementation = "{{typeof(SimulatedScheduler).FullName}}, {{assembly}}"
              actor.default-dispatcher.type = "{{typeof(SimulatedDispatcherConfigurator).FullName}}, {{assembly}}"
              actor.internal-dispatcher.type = "{{typeof(SimulatedDispatcherConfigurator).FullName}}, {{assembly}}"
              coordinated-shutdown.run-by-actor-system-terminate = off
              coordinated-shutdown.run-by-clr-shutdown-hook = off
            }
            {{ScsiSubsystem.DispatcherId}}.type = "{{typeof(SimulatedDispatcherConfigurator).FullName}}, {{assembly}}"
            """);
    }
}

/// <summary>A logger that keeps nothing; unlike an actor it needs nobody to run it while the system starts.</summary>
public sealed class SilentLogger : MinimalLogger
{
    /// <inheritdoc/>
    protected override void Log(object message)
    {
    }
}
