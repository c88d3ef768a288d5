using System.Reflection;
using Akka.Configuration;

namespace Akka.Util;

/// <summary>Finds the types that a configuration names.</summary>
internal static class TypeNames
{
    /// <summary>The type called <paramref name="name"/>, with or without its assembly, which must be a
    /// <typeparamref name="TBase"/>.</summary>
    /// <exception cref="ConfigurationException">There is no such type, or it is something else.</exception>
    public static Type Resolve<TBase>(string? name, string setting)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new ConfigurationException($"{setting} names no type");
        Type type = Type.GetType(name, throwOnError: false) ?? FindLoaded(name) ??
            throw new ConfigurationException($"{setting} = \"{name}\": there is no such type");
        return typeof(TBase).IsAssignableFrom(type)
            ? type
            : throw new ConfigurationException($"{setting} = \"{name}\": {type} is no {typeof(TBase)}");
    }

    /// <summary>Makes an object of a type found by <see cref="Resolve{TBase}"/>.</summary>
    public static TBase Create<TBase>(string? name, string setting, params object[] arguments)
    {
        Type type = Resolve<TBase>(name, setting);
        try
        {
            return (TBase)Activator.CreateInstance(type, arguments)!;
        }
        catch (MissingMethodException e)
        {
            string parameters = string.Join(", ", arguments.Select(argument => argument.GetType().Name));
            throw new ConfigurationException($"{setting} = \"{name}\": {type} has no constructor for ({parameters})", e);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } cause)
        {
            throw new ConfigurationException($"{setting} = \"{name}\": {cause.Message}", cause);
        }
    }

    private static Type? FindLoaded(string name) => name.Contains(',')
        ? null
        : AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is not null);
}
