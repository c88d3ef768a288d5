using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using ScsiActors.Dispatch;

namespace ScsiActors.Simulation;

/// <summary>Makes <see cref="SimulatedDispatcher"/>s, for the <c>type</c> of every dispatcher section of a simulated system.</summary>
public sealed class SimulatedDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly SimulatedDispatcher _dispatcher;

    /// <summary>Called by the actor system, which finds this type by its name in HOCON.</summary>
    public SimulatedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new SimulatedDispatcher(this, (prerequisites.Scheduler as SimulatedScheduler
            ?? throw new ConfigurationException("A simulated dispatcher needs akka.scheduler.implementation to be the simulated scheduler.")).Kernel);

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>Runs nothing itself: what is told to its actors, and who wants a turn, goes to the <see cref="SimulationKernel"/>. Its taps see the messages to
/// users' actors.</summary>
public sealed class SimulatedDispatcher : MessageDispatcher, ITappedDispatcher
{
    private readonly SimulationKernel _kernel;

    internal SimulatedDispatcher(MessageDispatcherConfigurator configurator, SimulationKernel kernel)
        : base(configurator)
    {
        _kernel = kernel;
        // One message a turn; the deadline is needed, because without it an engine may run a second one.
        Throughput = 1;
        ThroughputDeadlineTime = 0;
    }

    /// <inheritdoc/>
    public MessageTaps Taps { get; } = new();

    /// <inheritdoc/>
    public override void Dispatch(ActorCell cell, Envelope envelope) => _kernel.Send(this, cell, envelope);

    /// <summary>Puts a message into its mailbox, which then wants to run.</summary>
    internal void Deliver(ActorCell cell, Envelope envelope) => base.Dispatch(cell, envelope);

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run) => _kernel.Run(run);

    /// <inheritdoc/>
    protected override void Shutdown()
    {
    }
}
