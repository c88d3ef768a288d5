using System.Linq.Expressions;
using System.Reflection;

namespace Akka.Actor;

/// <summary>Makes actors in place of <see cref="Props"/>' own way.</summary>
public interface IIndirectActorProducer
{
    /// <summary>The type of actor that is made.</summary>
    Type ActorType { get; }

    ActorBase Produce();

    /// <summary>Takes leave of an instance that is done.</summary>
    void Release(ActorBase actor);
}

/// <summary>How to make an actor, again and again, and where it runs. Immutable.</summary>
public sealed class Props : IEquatable<Props>
{
    private const BindingFlags Constructors =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic |
        BindingFlags.CreateInstance | BindingFlags.DoNotWrapExceptions;

    private readonly IIndirectActorProducer? _producer;
    private readonly ConstructorInfo? _constructor;
    private readonly object[] _arguments;

    private Props(Type type, object[] arguments, ConstructorInfo? constructor, IIndirectActorProducer? producer)
    {
        Type = type;
        _arguments = arguments;
        _constructor = constructor;
        _producer = producer;
    }

    private Props(Props other) : this(other.Type, other._arguments, other._constructor, other._producer)
    {
        Dispatcher = other.Dispatcher;
        Mailbox = other.Mailbox;
        SupervisorStrategy = other.SupervisorStrategy;
        StashCapacity = other.StashCapacity;
    }

    /// <summary>Props of an actor that handles nothing.</summary>
    public static Props Empty { get; } = Create<EmptyActor>();

    public Type Type { get; }

    public object[] Arguments => [.. _arguments];

    /// <summary>The configuration path of the dispatcher.</summary>
    public string Dispatcher { get; private init; } = Akka.Dispatch.Dispatchers.DefaultDispatcherId;

    /// <summary>The configuration path of the mailbox; empty for the default.</summary>
    public string Mailbox { get; private init; } = "";

    /// <summary>Takes the place of the actor's own strategy where it is set.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; private init; }

    internal int StashCapacity { get; private init; } = -1;

    /// <summary>Props from <c>() => new TActor(arguments)</c>: the arguments are evaluated once, now, and serve every
    /// incarnation.</summary>
    /// <exception cref="ArgumentException">The expression is anything but a new-expression.</exception>
    public static Props Create<TActor>(
        Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null) where TActor : ActorBase
    {
        if (factory.Body is not NewExpression { Constructor: { } constructor } made)
            throw new ArgumentException("The expression must be of the form () => new Actor(arguments)", nameof(factory));
        object[] arguments = [.. made.Arguments.Select(Evaluate)];
        return new Props(made.Type, arguments, constructor, null) { SupervisorStrategy = supervisorStrategy };
    }

    public static Props Create<TActor>(params object[] args) where TActor : ActorBase => Create(typeof(TActor), args);

    /// <exception cref="ArgumentException">The type is no actor.</exception>
    public static Props Create(Type type, params object[] args) => typeof(ActorBase).IsAssignableFrom(type) && !type.IsAbstract
        ? new Props(type, args, null, null)
        : throw new ArgumentException($"{type} is not an actor that can be made", nameof(type));

    public static Props CreateBy(IIndirectActorProducer producer, params object[] args) => new(producer.ActorType, args, null, producer);

    public Props WithDispatcher(string dispatcher) => new(this) { Dispatcher = dispatcher };

    public Props WithMailbox(string mailbox) => new(this) { Mailbox = mailbox };

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(this) { SupervisorStrategy = supervisorStrategy };

    /// <summary>Bounds the stash of the actor, if it has one.</summary>
    public Props WithStashCapacity(int stashCapacity) => new(this) { StashCapacity = stashCapacity };

    public bool Equals(Props? other) => ReferenceEquals(this, other) || (other is not null && other.Type == Type
        && other.Dispatcher == Dispatcher && other.Mailbox == Mailbox && other.StashCapacity == StashCapacity
        && ReferenceEquals(other.SupervisorStrategy, SupervisorStrategy) && ReferenceEquals(other._producer, _producer)
        && other._arguments.SequenceEqual(_arguments));

    public override bool Equals(object? obj) => Equals(obj as Props);

    public override int GetHashCode() => HashCode.Combine(Type, Dispatcher, Mailbox, _arguments.Length);

    internal ActorBase NewActor()
    {
        if (_producer is not null) return _producer.Produce();
        if (_constructor is not null) return (ActorBase)_constructor.Invoke(Constructors, null, _arguments, null);
        return (ActorBase)Activator.CreateInstance(Type, Constructors, null, _arguments, null)!;
    }

    internal void Release(ActorBase actor) => _producer?.Release(actor);

    private static object Evaluate(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value!,
        MemberExpression { Member: FieldInfo field } member => field.GetValue(Owner(member))!,
        MemberExpression { Member: PropertyInfo property } member => GetValue(property, Owner(member)),
        _ => Expression.Lambda<Func<object>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)(),
    };

    private static object? Owner(MemberExpression member) => member.Expression is null ? null : Evaluate(member.Expression);

    private static object GetValue(PropertyInfo property, object? owner) =>
        property.GetGetMethod(nonPublic: true)!.Invoke(owner, BindingFlags.DoNotWrapExceptions, null, null, null)!;

    /// <summary>An actor without behaviour.</summary>
    private sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
