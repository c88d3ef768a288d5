using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>The kit as the base class of an xunit test class: one actor system per test, ended by Dispose.</summary>
public class TestKit : TestKitBase, IDisposable
{
    private readonly ITestOutputHelper? _output;
    private bool _disposed;

    public TestKit(ActorSystem? system = null, ITestOutputHelper? output = null) : base(Assertions, system) =>
        InitializeLogger(_output = output);

    public TestKit(ActorSystemSetup config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(Assertions, config, actorSystemName) => InitializeLogger(_output = output);

    public TestKit(Config config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(Assertions, config, actorSystemName) => InitializeLogger(_output = output);

    public TestKit(string config, ITestOutputHelper? output = null) : this(ConfigurationFactory.ParseString(config), output: output) { }

    public static new Config DefaultConfig => TestKitBase.DefaultConfig;

    protected static XunitAssertions Assertions { get; } = new();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What is done after each test: the system is ended.</summary>
    protected virtual void AfterAll() => Shutdown();

    protected virtual void Dispose(bool disposing)
    {
        if (_disposed || !disposing) return;
        _disposed = true;
        AfterAll();
    }

    /// <summary>Shows what <paramref name="system"/> logs in the output of the test.</summary>
    protected void InitializeLogger(ActorSystem system)
    {
        if (_output is not null) StartLogger(system, _output);
    }

    private void InitializeLogger(ITestOutputHelper? output)
    {
        if (output is not null) StartLogger(Sys, output);
    }

    private static void StartLogger(ActorSystem system, ITestOutputHelper output)
    {
        IActorRef logger = ((ExtendedActorSystem)system).SystemActorOf(
            Props.Create(() => new TestOutputLogger(output)), "test-output-logger");
        logger.Tell(new InitializeLogger(system.EventStream), ActorRefs.NoSender);
    }
}
