using Akka.Util;

namespace Akka.Actor;

/// <summary>Something that a system has one of.</summary>
public interface IExtension;

/// <summary>Makes an extension, and stands for it.</summary>
public interface IExtensionId
{
    Type ExtensionType { get; }

    object CreateExtension(ExtendedActorSystem system);
}

/// <summary>The usual id: a class without state.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId where T : IExtension
{
    public Type ExtensionType => typeof(T);

    /// <summary>The extension of a system, made at the first call.</summary>
    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);

    public T Get(ActorSystem system) => Apply(system);

    public abstract T CreateExtension(ExtendedActorSystem system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);
}

/// <summary>Asking a system for its extensions.</summary>
public static class ActorSystemWithExtensions
{
    public static T WithExtension<T>(this ActorSystem system) where T : class, IExtension => system.GetExtension<T>();

    /// <summary>The extension, made by <typeparamref name="TId"/> if there is none yet.</summary>
    public static T WithExtension<T, TId>(this ActorSystem system) where T : class, IExtension where TId : IExtensionId, new() =>
        system.TryGetExtension(out T extension) ? extension : (T)system.RegisterExtension(new TId());
}

/// <summary>The extensions of one system.</summary>
internal sealed class ExtensionRegistry(ActorSystemImpl system)
{
    private readonly Dictionary<Type, object> _extensions = [];

    public object? Find(Type type)
    {
        lock (_extensions) return _extensions.GetValueOrDefault(type);
    }

    /// <summary>The extension of <paramref name="id"/>, made now if it has not been.</summary>
    public object Register(IExtensionId id)
    {
        lock (_extensions)
        {
            if (_extensions.TryGetValue(id.ExtensionType, out object? known)) return known;
            object made = id.CreateExtension(system);
            _extensions[id.ExtensionType] = made;
            return made;
        }
    }

    public void LoadConfigured()
    {
        foreach (string name in system.Settings.Config.GetStringList("akka.extensions"))
            Register(TypeNames.Create<IExtensionId>(name, "akka.extensions"));
    }
}
