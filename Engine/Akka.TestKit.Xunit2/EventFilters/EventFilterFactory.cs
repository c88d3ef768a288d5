using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>Makes filters for logged events by level, text, source, exception or dead letter.</summary>
public class EventFilterFactory
{
    private readonly TestKitBase _kit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<EventFilter> _besides;

    public EventFilterFactory(TestKitBase testkit, ActorSystem system) : this(testkit, system, []) { }

    internal EventFilterFactory(TestKitBase testkit, ActorSystem system, IReadOnlyList<EventFilter> besides)
    {
        _kit = testkit;
        _system = system;
        _besides = besides;
    }

    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Level<Debug>(Text(message, start, contains), source);

    public IEventFilterApplier Debug(Regex pattern, string? source = null) => Level<Debug>(Text(pattern), source);

    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Level<Info>(Text(message, start, contains), source);

    public IEventFilterApplier Info(Regex pattern, string? source = null) => Level<Info>(Text(pattern), source);

    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Level<Warning>(Text(message, start, contains), source);

    public IEventFilterApplier Warning(Regex pattern, string? source = null) => Level<Warning>(Text(pattern), source);

    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Level<Error>(Text(message, start, contains), source);

    public IEventFilterApplier Error(Regex pattern, string? source = null) => Level<Error>(Text(pattern), source);

    /// <summary>Errors with a <typeparamref name="TException"/>; the text is that of the event or that of the exception.</summary>
    public IEventFilterApplier Exception<TException>(
        string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception => Failure(typeof(TException), Text(message, start, contains), source, false);

    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null)
        where TException : Exception => Failure(typeof(TException), Text(pattern), source, false);

    public IEventFilterApplier Exception(
        Type exceptionType, string? message = null, string? start = null, string? contains = null, string? source = null,
        bool checkInnerExceptions = false) =>
        Failure(exceptionType, Text(message, start, contains), source, checkInnerExceptions);

    public IEventFilterApplier DeadLetter() => Dead("any dead letter", static _ => true, null);

    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) =>
        Dead(typeof(TMessage).Name, static m => m is TMessage, source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        Dead(typeof(TMessage).Name, m => m is TMessage message && isMatch(message), source);

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Applier("custom", predicate);

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate) where TLogEvent : LogEvent =>
        Applier($"custom {typeof(TLogEvent).Name}", e => e is TLogEvent typed && predicate(typed));

    private InternalEventFilterApplier Level<TEvent>((string What, Predicate<string> Holds) text, string? source) where TEvent : LogEvent =>
        Applier(
            $"{typeof(TEvent).Name} {text.What}{From(source)}",
            e => e is TEvent && IsFrom(e, source) && text.Holds(e.Message?.ToString() ?? ""));

    private InternalEventFilterApplier Failure(Type type, (string What, Predicate<string> Holds) text, string? source, bool inner) =>
        Applier(
            $"{type.Name} {text.What}{From(source)}",
            e => e is Error { Cause: { } cause } && IsFrom(e, source) && Matches(e, cause, type, text.Holds, inner));

    private static bool Matches(LogEvent e, Exception cause, Type type, Predicate<string> holds, bool inner)
    {
        for (Exception? x = cause; x is not null; x = inner ? x.InnerException : null)
        {
            if (type.IsInstanceOfType(x) && (holds(e.Message?.ToString() ?? "") || holds(x.Message))) return true;
        }

        return false;
    }

    private InternalEventFilterApplier Dead(string what, Predicate<object> holds, string? source) => Applier(
        $"DeadLetter {what}{From(source)}",
        e => e is Warning { Message: DeadLetter letter } && holds(letter.Message) && IsFrom(e, source));

    private InternalEventFilterApplier Applier(string what, Predicate<LogEvent> matches) =>
        new(_kit, _system, [.. _besides, new EventFilter(what, matches)]);

    private static (string, Predicate<string>) Text(string? message, string? start, string? contains) =>
        message is not null ? ($"\"{message}\"", m => m == message)
        : start is not null ? ($"starting with \"{start}\"", m => m.StartsWith(start, StringComparison.Ordinal))
        : contains is not null ? ($"with \"{contains}\"", m => m.Contains(contains, StringComparison.Ordinal))
        : ("of any text", static _ => true);

    private static (string, Predicate<string>) Text(Regex pattern) => ($"like {pattern}", pattern.IsMatch);

    private static string From(string? source) => source is null ? "" : $" from {source}";

    // A source may be given as it is logged, or as an actor's path with or without the address of its system.
    private static bool IsFrom(LogEvent e, string? source)
    {
        if (source is null) return true;
        string logged = e.LogSource.Split('#')[0].Trim('[', ']');
        return e.LogSource == source || logged == source || (source.StartsWith('/') && logged.EndsWith(source, StringComparison.Ordinal));
    }
}
