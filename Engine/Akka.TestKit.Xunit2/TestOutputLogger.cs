using Akka.Actor;
using Akka.Event;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>Writes what is logged into the output of an xunit test.</summary>
internal sealed class TestOutputLogger : ReceiveActor
{
    public TestOutputLogger(ITestOutputHelper output)
    {
        Receive<InitializeLogger>(m =>
        {
            m.LoggingBus.Subscribe(Self, typeof(LogEvent));
            Sender.Tell(new LoggerInitialized());
        });
        Receive<LogEvent>(e => Write(output, e));
    }

    private static void Write(ITestOutputHelper output, LogEvent e)
    {
        try
        {
            output.WriteLine(e.ToString());
        }
        catch (InvalidOperationException)
        {
            // The test has ended; its output is closed, but the system still winds down.
        }
    }
}
