using Akka.Actor;
using Akka.Event;
using Xunit;

namespace Engine.Tests.Logging;

/// <summary>What actors log, and who hears it.</summary>
public sealed class LoggingTests() : EngineSpec("akka.loglevel = INFO")
{
    [Fact]
    public void A_log_event_has_level_source_class_cause_and_text()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Talker()), "talker");
        actor.Tell("warn");
        Warning warning = ExpectMsg<Warning>();
        Assert.Equal("two is 2", warning.Message.ToString());
        Assert.Equal(actor.Path.ToString(), warning.LogSource.Trim('[', ']').Split('#')[0]);
        Assert.Equal((LogLevel.WarningLevel, typeof(Talker)), (warning.LogLevel(), warning.LogClass));
        actor.Tell("error");
        Assert.IsType<Oops>(ExpectMsg<Error>().Cause);
    }

    [Fact]
    public void Events_below_the_level_of_the_system_are_not_made()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        Sys.ActorOf(Props.Create(() => new Talker())).Tell("debug then info");
        ExpectMsg<Info>();
        Assert.False(Akka.Event.Logging.GetLogger(Sys, "x").IsDebugEnabled);
        Assert.True(Akka.Event.Logging.GetLogger(Sys, "x").IsInfoEnabled);
    }

    [Fact]
    public void A_logger_outside_an_actor_names_its_source_itself()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        Akka.Event.Logging.GetLogger(Sys, "mine").Info("hello {0}", "there");
        Info info = ExpectMsg<Info>();
        Assert.Equal("hello there", info.Message.ToString());
        Assert.Contains("mine", info.LogSource);
    }

    [Fact]
    public void A_logger_plug_in_is_an_actor_that_is_told_every_event()
    {
        string name = $"{typeof(CollectingLogger).FullName}, {typeof(CollectingLogger).Assembly.GetName().Name}";
        using ActorSystem other = ActorSystem.Create("other", Akka.Configuration.ConfigurationFactory.ParseString(
            $"akka {{ loglevel = INFO, stdout-loglevel = OFF, loggers = [\"{name}\"] }}"));
        Akka.Event.Logging.GetLogger(other, "mine").Info("one");
        Akka.Event.Logging.GetLogger(other, "mine").Warning("two");
        AwaitCondition(() => CollectingLogger.Seen.Contains("two"));
        Assert.Equal(["one", "two"], CollectingLogger.Seen.Where(s => s is "one" or "two"));
    }

    public sealed class CollectingLogger : ReceiveActor
    {
        public CollectingLogger()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(e => Seen.Enqueue(e.Message.ToString()!));
        }

        public static System.Collections.Concurrent.ConcurrentQueue<string> Seen { get; } = new();
    }

    private sealed class Talker : UntypedActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "warn":
                    _log.Warning("two is {0}", 2);
                    break;
                case "error":
                    _log.Error(new Oops("bad"), "it went wrong");
                    break;
                default:
                    _log.Debug("not heard");
                    _log.Info("heard");
                    break;
            }
        }
    }
}
