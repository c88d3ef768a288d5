using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace Engine.Tests.Logging;

/// <summary>The Serilog logger, named in the configuration.</summary>
public sealed class SerilogTests : EngineSpec
{
    private static readonly Collector Sink = new();

    static SerilogTests() =>
        Serilog.Log.Logger = new Serilog.LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(Sink).CreateLogger();

    [Fact]
    public void Events_reach_Serilog_with_level_template_parameters_source_and_path()
    {
        using ActorSystem other = ActorSystem.Create("serilogged", Akka.Configuration.ConfigurationFactory.ParseString("""
            akka { loglevel = DEBUG, stdout-loglevel = OFF, loggers = ["Akka.Logger.Serilog.SerilogLogger, Akka.Logger.Serilog"] }
            """));
        AwaitSubscription(other);
        IActorRef actor = other.ActorOf(Props.Create(() => new Talker()), "talker");
        actor.Tell("go");
        AwaitAssert(() => Assert.Equal(4, Mine().Count), interval: TimeSpan.FromMilliseconds(5));
        List<Serilog.Events.LogEvent> events = Mine();
        Assert.Equal([LogEventLevel.Debug, LogEventLevel.Information, LogEventLevel.Warning, LogEventLevel.Error],
            events.Select(e => e.Level));
        Assert.Equal("lun 3 ready", events[1].RenderMessage());
        Assert.IsType<Oops>(events[3].Exception);
        Assert.Equal("akka://serilogged/user/talker", Text(events[0], "ActorPath"));
        Assert.Contains("akka://serilogged/user/talker", Text(events[0], "LogSource"));
        Assert.Equal(typeof(Talker).FullName, Text(events[0], "SourceContext"));
        Assert.True(events[0].Properties.ContainsKey("Thread"));
        Assert.True(events[0].Properties.ContainsKey("Timestamp"));
    }

    // Akka.NET subscribes a logger to one level after the other, and Create does not wait for it.
    private void AwaitSubscription(ActorSystem system) => AwaitAssert(() =>
    {
        system.Log.Debug("up");
        system.Log.Info("up");
        system.Log.Warning("up");
        system.Log.Error("up");
        Assert.Equal(4, Sink.Events.Where(e => e.RenderMessage() == "up").Select(e => e.Level).Distinct().Count());
    }, interval: TimeSpan.FromMilliseconds(5));

    private static List<Serilog.Events.LogEvent> Mine() =>
        [.. Sink.Events.Where(e => Text(e, "ActorPath")?.EndsWith("/talker", StringComparison.Ordinal) == true)];

    private static string? Text(Serilog.Events.LogEvent e, string property) =>
        e.Properties.TryGetValue(property, out LogEventPropertyValue? value) && value is ScalarValue { Value: { } v } ? v.ToString() : null;

    private sealed class Collector : ILogEventSink
    {
        public ConcurrentQueue<Serilog.Events.LogEvent> Events { get; } = new();

        public void Emit(Serilog.Events.LogEvent logEvent) => Events.Enqueue(logEvent);
    }

    private sealed class Talker : UntypedActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        protected override void OnReceive(object message)
        {
            _log.Debug("debugging");
            _log.Info("lun {0} ready", 3);
            _log.Warning("beware");
            _log.Error(new Oops("bad"), "it went wrong");
        }
    }
}
