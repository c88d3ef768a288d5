using System.Linq.Expressions;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Configs;

namespace Akka.TestKit;

/// <summary>An actor system and an actor in the hand of a test: what is told to <see cref="TestActor"/> is expected by the Expect
/// methods, in order. Times given by the test are multiplied by <c>akka.test.timefactor</c>.</summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static int s_kits;

    private readonly ITestKitAssertions _assertions;
    private readonly ReceivedMessages _received = new();
    private readonly ActorCell _cell;
    private TimeSpan? _end;
    private bool _lastWasNoMessage;

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem? system = null, string? testActorName = null)
        : this(assertions, system ?? ActorSystem.Create("test", DefaultConfig), testActorName, 0)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, ActorSystemSetup setup, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, ActorSystem.Create(actorSystemName ?? "test", WithDefaults(setup)), testActorName, 0)
    {
    }

    protected TestKitBase(ITestKitAssertions assertions, Config config, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, ActorSystem.Create(actorSystemName ?? "test", config.WithFallback(DefaultConfig)), testActorName, 0)
    {
    }

    private TestKitBase(ITestKitAssertions assertions, ActorSystem system, string? testActorName, int _)
    {
        _assertions = assertions;
        Sys = system;
        TestKitSettings = new TestKitSettings(system.Settings.Config);
        Log = Logging.GetLogger(system, GetType().Name);
        EventFilter = new EventFilterFactory(this, system);
        testActorName ??= $"testActor{Interlocked.Increment(ref s_kits)}";
        (TestActor, IActorContext context) = NewTestActor(testActorName, _received);
        _cell = (ActorCell)context;
        if (this is INoImplicitSender) return;
        SynchronizationContext? inner = SynchronizationContext.Current;
        if (inner is ActorCellKeepingSynchronizationContext left) inner = left.Inner;
        SynchronizationContext.SetSynchronizationContext(new ActorCellKeepingSynchronizationContext(_cell, inner));
        ActorCell.Current = _cell;
    }

    /// <summary>The settings of a system for tests; settings given to a kit fall back to them.</summary>
    public static Config DefaultConfig => TestConfigs.DefaultConfig;

    /// <summary>The system under test.</summary>
    public ActorSystem Sys { get; }

    /// <summary>The actor whose messages are expected; the implicit sender of what the test tells.</summary>
    public IActorRef TestActor { get; }

    public TestKitSettings TestKitSettings { get; }

    public ILoggingAdapter Log { get; }

    /// <summary>Expectations on what is logged; needs <see cref="TestEventListener"/> among <c>akka.loggers</c>.</summary>
    public EventFilterFactory EventFilter { get; }

    /// <summary>The message that the last expectation took.</summary>
    public object? LastMessage { get; private set; }

    /// <summary>Who sent <see cref="LastMessage"/>.</summary>
    public IActorRef LastSender { get; private set; } = ActorRefs.NoSender;

    /// <summary>Whether a message waits to be expected.</summary>
    public bool HasMessages => !_received.IsEmpty;

    /// <summary>Time since an arbitrary start, never going back.</summary>
    public static TimeSpan Now => TimeSpan.FromTicks(Environment.TickCount64 * TimeSpan.TicksPerMillisecond);

    /// <summary>What is left of the innermost Within.</summary>
    /// <exception cref="InvalidOperationException">There is no Within around this.</exception>
    public TimeSpan Remaining => _end is { } end
        ? end > Now ? end - Now : TimeSpan.Zero
        : throw new InvalidOperationException("Remaining may only be asked inside Within.");

    /// <summary>What is left of the innermost Within, or else the default time of one expectation.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    /// <summary>Event filters for another system.</summary>
    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    /// <summary>The messages for which the predicate holds will not be seen by expectations.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) =>
        TestActor.Tell(new TestActor.SetIgnored(shouldIgnoreMessage), ActorRefs.NoSender);

    /// <inheritdoc cref="IgnoreMessages(Func{object, bool})"/>
    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) => IgnoreMessages(o => o is TMsg m && shouldIgnoreMessage(m));

    /// <summary>Messages of this type will not be seen by expectations.</summary>
    public void IgnoreMessages<TMsg>() => IgnoreMessages(static o => o is TMsg);

    /// <summary>All messages are seen again.</summary>
    public void IgnoreNoMessages() => TestActor.Tell(new TestActor.SetIgnored(null), ActorRefs.NoSender);

    /// <summary>Lets the pilot answer what the test actor receives from now on.</summary>
    public void SetAutoPilot(AutoPilot pilot) => TestActor.Tell(new TestActor.SetPilot(pilot), ActorRefs.NoSender);

    /// <summary>Makes the test actor watch; the watch stands when this returns.</summary>
    public IActorRef Watch(IActorRef actorToWatch) => Wait(WatchAsync(actorToWatch));

    public Task<IActorRef> WatchAsync(IActorRef actorToWatch) => Told(done => new TestActor.WatchFor(actorToWatch, done));

    /// <summary>Ends a watch; it has ended when this returns.</summary>
    public IActorRef Unwatch(IActorRef actorToUnwatch) => Wait(UnwatchAsync(actorToUnwatch));

    public Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch) => Told(done => new TestActor.UnwatchFor(actorToUnwatch, done));

    /// <summary>Another test actor, with expectations of its own.</summary>
    public virtual TestProbe CreateTestProbe(string? name = null) => CreateTestProbe(Sys, name);

    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, _assertions, name);

    /// <summary>An actor that <see cref="TestActor"/> is the parent of.</summary>
    public IActorRef ChildActorOf(Props props, string name, CancellationToken cancellationToken = default) =>
        Wait(Told(done => new TestActor.Spawn(props, name, done)), cancellationToken);

    public IActorRef ChildActorOf(Props props, CancellationToken cancellationToken = default) =>
        Wait(Told(done => new TestActor.Spawn(props, null, done)), cancellationToken);

    public IActorRef ActorOf(Props props) => Sys.ActorOf(props);

    public virtual IActorRef ActorOf(Props props, string? name) => Sys.ActorOf(props, name);

    public IActorRef ActorOf<TActor>() where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>());

    public IActorRef ActorOf<TActor>(string name) where TActor : ActorBase, new() => Sys.ActorOf(Props.Create<TActor>(), name);

    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory) where TActor : ActorBase => Sys.ActorOf(Props.Create(factory));

    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory, string name) where TActor : ActorBase =>
        Sys.ActorOf(Props.Create(factory), name);

    /// <summary>An actor on this thread, whose instance the test may look at.</summary>
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(Props props, string? name = null) where TActor : ActorBase =>
        new(Sys, props, name);

    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(Expression<Func<TActor>> factory, string? name = null)
        where TActor : ActorBase => new(Sys, Props.Create(factory), name);

    public virtual ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);

    public virtual ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    /// <summary>A gate that opens after <paramref name="count"/> steps.</summary>
    public virtual TestLatch CreateTestLatch(int count = 1) => new(Dilated, TestKitSettings.DefaultTimeout, count);

    /// <summary>The time multiplied by <c>akka.test.timefactor</c>.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration < TimeSpan.Zero ? duration : duration * TestKitSettings.TestTimeFactor;

    /// <summary>The given time dilated, or else <see cref="RemainingOrDefault"/>.</summary>
    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } given ? Dilated(given) : RemainingOrDefault;

    /// <summary>The given time, or else the default time of set-up steps, dilated.</summary>
    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => Dilated(timeout ?? TestKitSettings.DefaultTimeout);

    /// <summary>Ends <see cref="Sys"/> and waits for it.</summary>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        TimeSpan max = Dilated(duration ?? TestKitSettings.DefaultTimeout);
        if (!system.Terminate().Wait(max) && verifySystemShutdown)
        {
            throw new TimeoutException($"The actor system {system.Name} did not end within {max}.");
        }

        if (SynchronizationContext.Current is ActorCellKeepingSynchronizationContext mine)
        {
            SynchronizationContext.SetSynchronizationContext(mine.Inner);
        }

        if (ReferenceEquals(ActorCell.Current, _cell)) ActorCell.Current = null;
    }

    protected TimeSpan RemainingOr(TimeSpan duration) => _end is null ? duration : Remaining;

    private static ActorSystemSetup WithDefaults(ActorSystemSetup setup)
    {
        BootstrapSetup bootstrap = setup.Get<BootstrapSetup>() is { HasValue: true } given ? given.Value : BootstrapSetup.Create();
        Config config = bootstrap.Config is { HasValue: true } own ? own.Value.WithFallback(DefaultConfig) : DefaultConfig;
        return setup.And(bootstrap.WithConfig(config));
    }

    private (IActorRef Ref, IActorContext Context) NewTestActor(string name, ReceivedMessages received)
    {
        var started = new TaskCompletionSource<IActorContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef actor = ((ExtendedActorSystem)Sys).SystemActorOf(Props.Create(() => new TestActor(received, started)), name);
        return started.Task.Wait(Dilated(TestKitSettings.DefaultTimeout))
            ? (actor, started.Task.Result)
            : throw new TimeoutException("The test actor did not start; does a dispatcher wait for this thread to run it?");
    }

    private Task<IActorRef> Told(Func<TaskCompletionSource<IActorRef>, object> message)
    {
        var done = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        TestActor.Tell(message(done), ActorRefs.NoSender);
        return done.Task.WaitAsync(RemainingOr(Dilated(TestKitSettings.DefaultTimeout)));
    }

    private static T Wait<T>(Task<T> task, CancellationToken cancellationToken = default) =>
        task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.None).GetAwaiter().GetResult();

    internal Exception Failure(string what)
    {
        _assertions.Fail("{0}", what);
        return new InvalidOperationException(what);
    }
}
