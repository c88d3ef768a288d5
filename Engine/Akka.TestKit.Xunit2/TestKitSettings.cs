using Akka.Configuration;

namespace Akka.TestKit;

/// <summary>The settings under <c>akka.test</c>; times are before dilation.</summary>
public class TestKitSettings(Config config)
{
    /// <summary>How long set-up steps may take.</summary>
    public TimeSpan DefaultTimeout { get; } =
        config.GetTimeSpan("akka.test.default-timeout", TimeSpan.FromSeconds(5), allowInfinite: false);

    /// <summary>How long an expectation waits that names no time itself.</summary>
    public TimeSpan SingleExpectDefault { get; } =
        config.GetTimeSpan("akka.test.single-expect-default", TimeSpan.FromSeconds(3), allowInfinite: false);

    /// <summary>How long an event filter waits for the events it expects.</summary>
    public TimeSpan TestEventFilterLeeway { get; } =
        config.GetTimeSpan("akka.test.filter-leeway", TimeSpan.FromSeconds(3), allowInfinite: false);

    /// <summary>What every time is multiplied with, for slow machines.</summary>
    public double TestTimeFactor { get; } = config.GetDouble("akka.test.timefactor", 1);
}
