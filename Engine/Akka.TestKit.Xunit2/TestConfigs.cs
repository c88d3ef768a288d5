using Akka.Configuration;

namespace Akka.TestKit.Configs;

/// <summary>Configurations for systems under test.</summary>
public static class TestConfigs
{
    /// <summary>What every kit falls back to.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString("""
        akka {
          loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit.Xunit2"]
          # A test suite creates many systems; none needs a hook for the end of the process.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          test {
            # What every time in a test is multiplied with, for slow machines.
            timefactor = 1.0
            # How long an event filter waits for the events it expects.
            filter-leeway = 3s
            # How long an expectation waits that names no time itself.
            single-expect-default = 3s
            # How long set-up steps may take.
            default-timeout = 5s
            calling-thread-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit.Xunit2"
          }
        }
        """);

    /// <summary>A scheduler whose clock the test advances.</summary>
    public static Config TestSchedulerConfig { get; } =
        ConfigurationFactory.ParseString("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit.Xunit2\"");
}
